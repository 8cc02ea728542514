"""Who is who: detections of one frame after the other become tracks of people."""
