using System.Text.RegularExpressions;
using StreamSegmenter.ConsolePages.Texts;
using StreamSegmenter.Tests.Architecture;

namespace StreamSegmenter.Tests.ConsolePages;

/// <summary>Nothing in the console is English by oversight.</summary>
public sealed partial class TextTests
{
    private static readonly string[] Sources =
        [.. RepositoryTree.FilesBelow("src/StreamSegmenter.Console", "*.razor").Concat(RepositoryTree.FilesBelow("src/StreamSegmenter.Console/Texts", "Text.cs"))];

    [Fact]
    public void Every_text_of_the_pages_has_a_korean_one_with_the_same_places()
    {
        var korean = Text.In("ko");
        var texts = Sources.SelectMany(TextsOf).Distinct().ToArray();
        Assert.InRange(texts.Length, 150, int.MaxValue);
        Rule.Holds(texts.Where(text => korean[text] == text).Select(text => $"'{text}' has no Korean text"));
        Rule.Holds(texts.Where(text => !Places(korean[text]).SetEquals(Places(text))).Select(text => $"'{text}': '{korean[text]}' has other places"));
    }

    [Fact]
    public void No_korean_text_is_left_that_nothing_shows()
    {
        var all = string.Concat(Sources.Select(path => File.ReadAllText(Path.Combine(RepositoryTree.Root, path))));
        var shownByName = (string[])["browse", "cart", "checkout", "checkout_started", "order_completed", "product_added", "product_viewed"];
        Rule.Holds(File.ReadLines(Path.Combine(RepositoryTree.Root, "src/StreamSegmenter.Console/Texts/KoreanTexts.cs"))
            .Select(line => Key().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value)
            .Where(key => !all.Contains($"\"{key}\"", StringComparison.Ordinal) && !shownByName.Contains(key)).Select(key => $"nothing shows '{key}'"));
    }

    [Theory]
    [InlineData(1_999, "EUR", "19.99 EUR")]
    [InlineData(123_456_789, "EUR", "1,234,567.89 EUR")]
    [InlineData(59_000, "KRW", "59,000 KRW")]
    [InlineData(1_500, "KWD", "1.500 KWD")]
    public void Money_has_the_digits_of_its_currency(long minor, string currency, string shown) => Assert.Equal(shown, Text.In("en").Money(minor, currency));

    [Theory]
    [InlineData("en", 65_000, "1 min 5 s")]
    [InlineData("ko", 65_000, "1분 5초")]
    [InlineData("en", 90_000_000, "1 d 1 h")]
    [InlineData("en", 250, "250 ms")]
    public void A_length_of_time_has_its_two_largest_units(string language, long ms, string shown) => Assert.Equal(shown, Text.In(language).Length(ms));

    private static IEnumerable<string> TextsOf(string path)
    {
        var source = File.ReadAllText(Path.Combine(RepositoryTree.Root, path));
        return Indexed().Matches(source).Concat(Placed().Matches(source)).Select(match => match.Groups[1].Value);
    }

    private static HashSet<string> Places(string text) => [.. Place().Matches(text).Select(match => match.Value)];

    [GeneratedRegex("\\bT\\[\"([^\"]+)\"\\]")]
    private static partial Regex Indexed();

    [GeneratedRegex("\\bT\\.Of\\((?:[^\",]+\\? )?\"([^\"]+)\"")]
    private static partial Regex Placed();

    [GeneratedRegex("\\{\\d\\}")]
    private static partial Regex Place();

    [GeneratedRegex("^        \\[\"([^\"]+)\"\\] =")]
    private static partial Regex Key();
}
