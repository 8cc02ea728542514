"""The web application: a Streamlit shell with pages, and routes of our own on the same port."""
