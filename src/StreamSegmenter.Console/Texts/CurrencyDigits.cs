namespace StreamSegmenter.ConsolePages.Texts;

/// <summary>How many digits a currency has behind the point (ISO 4217); two, where it is not one of these.</summary>
internal static class CurrencyDigits
{
    private static readonly HashSet<string> None =
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"];

    private static readonly HashSet<string> Three = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

    public static int Of(string? currency) => currency is null ? 2 : None.Contains(currency) ? 0 : Three.Contains(currency) ? 3 : 2;
}
