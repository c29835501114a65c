"""System checks of a deployment; `manage.py check --deploy` runs them."""
