"""Text messages: handed to a provider over its HTTP interface.

twilio.py  Twilio's Messages resource (POST /2010-04-01/Accounts/{sid}/Messages.json), or whoever speaks as it does
"""
