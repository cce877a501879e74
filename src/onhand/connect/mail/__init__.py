"""Letters by e-mail: handed to the shop's mail server by SMTP, a batch over one connection.

server.py    a mail server's address, read once for everybody
carrying.py  letters written as mail, and what the server says to each
"""
