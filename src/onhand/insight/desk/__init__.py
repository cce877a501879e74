"""What the service desk reads: who is meant, all there is to a customer, and answers ready to be read out."""
