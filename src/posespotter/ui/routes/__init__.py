"""What the application's port serves beside Streamlit: files of runs, the camera's socket."""
