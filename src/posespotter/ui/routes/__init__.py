"""Routes of the application beside Streamlit: files of runs, the camera's socket."""
