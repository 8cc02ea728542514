"""The look of the application, light and dark: given to Streamlit at its start, so that no file of the user matters."""

_SHARED = {
    "baseRadius": "0.6rem",
    "headingFontSizes": ["1.9rem", "1.15rem", "1.1rem", "1rem", "0.95rem", "0.9rem"],
    "headingFontWeights": [650, 600, 600, 600, 600, 600],
    "metricValueFontSize": "1.6rem",
    "showSidebarBorder": True,
    "linkUnderline": False,
    "paddingTop": "1.5rem",
    "paddingBottom": "3rem",
}

# Orange and blue are the sides of a person in every overlay; the application keeps to a third colour.
_LIGHT = {
    "primaryColor": "#0f766e",
    "backgroundColor": "#ffffff",
    "secondaryBackgroundColor": "#f1f5f4",
    "textColor": "#16211f",
    "linkColor": "#0f766e",
    "borderColor": "#dbe3e1",
}
_LIGHT_SIDEBAR = {"backgroundColor": "#f6f9f8", "secondaryBackgroundColor": "#e8efed"}
_DARK = {
    "primaryColor": "#0e7f75",
    "backgroundColor": "#0f1514",
    "secondaryBackgroundColor": "#1a2321",
    "textColor": "#e7eeec",
    "linkColor": "#4fd1c1",
    "borderColor": "#2b3835",
}
_DARK_SIDEBAR = {"backgroundColor": "#131b19", "secondaryBackgroundColor": "#202c29"}


def theme_options() -> dict[str, object]:
    """Streamlit's configuration of the theme, by dotted name."""
    parts: dict[str, dict[str, object]] = {
        "theme": {**_SHARED},
        "theme.light": {**_LIGHT},
        "theme.light.sidebar": {**_LIGHT_SIDEBAR},
        "theme.dark": {**_DARK},
        "theme.dark.sidebar": {**_DARK_SIDEBAR},
    }
    return {f"{part}.{name}": value for part, options in parts.items() for name, value in options.items()}
