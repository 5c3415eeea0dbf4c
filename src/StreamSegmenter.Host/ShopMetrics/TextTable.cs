using System.Globalization;

namespace StreamSegmenter.Host.ShopMetrics;

/// <summary>Cells in columns: the first to the left, the others to the right.</summary>
internal static class TextTable
{
    private const int CellMax = 40;

    public static void Write(IReadOnlyList<string[]> rows, TextWriter to)
    {
        string[][] shown = [.. rows.Select(row => row.Select(Plain).ToArray())];
        int[] widths = [.. Enumerable.Range(0, shown[0].Length).Select(column => shown.Max(row => row[column].Length))];
        foreach (var row in shown)
        {
            to.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd());
        }
    }

    // Values come from visitors: a terminal must not obey them.
    private static string Plain(string cell)
    {
        var plain = string.Concat(cell.Select(sign => char.GetUnicodeCategory(sign) is UnicodeCategory.Control or UnicodeCategory.Format ? '?' : sign));
        return plain.Length <= CellMax || plain.AsSpan().ContainsAnyInRange('▁', '█') ? plain : plain[..(CellMax - 1)] + "…";
    }
}
