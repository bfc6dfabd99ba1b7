"""UNHCR Refugee Population Statistics."""
