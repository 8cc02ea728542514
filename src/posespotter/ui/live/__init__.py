"""What the webcam page does on the server: pictures in, people out."""
