"""Places with their zones: small files that outlive anything but their own deletion."""

from posespotter.falls.zones import Zone
from posespotter.runs.notes.places import Places

BED = Zone("bed", "bed", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.6)))


def test_a_place_keeps_its_zones(root):
    places = Places(root)
    assert places.zones("Room 4") == ()
    places.keep("Room 4", (BED,))
    places.keep("Hall", ())
    assert Places(root).names() == ["Hall", "Room 4"]
    assert Places(root).zones("Room 4") == (BED,)
    places.keep("Room 4", ())
    assert places.zones("Room 4") == ()
    places.forget("Room 4")
    assert places.names() == ["Hall"]
