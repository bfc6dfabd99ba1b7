"""Ask publishers for their files: within limits, politely, and without trusting what they say."""
