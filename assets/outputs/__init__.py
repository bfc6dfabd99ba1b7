"""What is made of the published warehouse for people and other systems."""
