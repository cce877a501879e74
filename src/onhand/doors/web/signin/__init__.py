"""Coming in and going: passwords, passkeys, single sign-on, shared devices, and how long it lasts."""
