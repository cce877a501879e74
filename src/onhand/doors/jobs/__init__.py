"""The clock's door: what is done every so often, without anybody asking."""
