"""The service desk: one box for all, customers, orders and goods as they are told, cases."""
