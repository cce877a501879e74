"""The pages of customers: signing in, their orders, their account. Who works here has pages of their own."""
