using MudBlazor;

namespace StreamSegmenter.ConsolePages;

/// <summary>Colours with a contrast of at least 4.5 to 1 against their grounds, light and dark; fonts that are on the machine.</summary>
internal static class ConsoleTheme
{
    public static readonly MudTheme Theme = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#3949ab", Background = "#f6f7fb", Surface = "#ffffff", TextPrimary = "#1b1f2a", TextSecondary = "#5a6072", LinesDefault = "#e2e5ee",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#8c9eff", PrimaryContrastText = "#10131c", Background = "#12151e", Surface = "#1b1f2a", TextPrimary = "#eceef5", TextSecondary = "#a7adbf",
            LinesDefault = "#2c3242",
        },
    };
}
