"""Personal data at rest: whose key it is sealed under, how it is found without being read, and how it goes.

Three storeys of keys. The ring comes from the environment and wraps the organizations' keys and the installation's; an
organization's key wraps one key for each person; a person's key seals what is known of that person. Whoever destroys
the person's key has erased the person, wherever a ciphertext still lies.
"""
