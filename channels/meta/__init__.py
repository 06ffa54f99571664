"""What the three Meta channels share: signatures, the client, errors, and the webhook that carries all of them."""
