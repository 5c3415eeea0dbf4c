using System.Text.RegularExpressions;
using StreamSegmenter.Windows;

namespace StreamSegmenter.Tests.Segments;

/// <summary>What docs/segments.md shows is what the compiler accepts.</summary>
public sealed partial class SegmentDocTests
{
    private static readonly string[] Lines = File.ReadAllLines(Find("docs/segments.md"));

    [Fact]
    public void Every_definition_in_the_page_compiles()
    {
        var segments = Found(IdLine()).Zip(Found(WhenLine())).ToArray();
        Assert.True(segments.Length >= 7);
        Assert.Empty(TestDefinitions.ErrorsOf([], segments));
    }

    [Fact]
    public void Every_example_in_a_table_compiles()
    {
        var examples = Tables("example").Select(cells => cells[^1].Trim('`')).ToArray();
        Assert.True(examples.Length >= 18);
        Assert.All(examples, example =>
            Assert.Empty(TestDefinitions.ErrorsOf([], ("example", example), ("vip", "did(order_completed)"))));
    }

    [Fact]
    public void The_default_panes_are_those_of_the_table()
    {
        var rows = Tables("pane").ToArray();
        Assert.True(rows.Length >= 9);
        Assert.All(rows, cells =>
        {
            Assert.True(DurationText.TryParse(cells[0].Trim('`'), out var windowMs));
            Assert.Equal(cells[1].Trim('`'), DurationText.Format(SlidingWindow.WithDefaultPane(windowMs).PaneMs));
        });
    }

    private static IEnumerable<string> Found(Regex pattern) =>
        Lines.Select(line => pattern.Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    /// <summary>The rows of the tables whose last column has that heading.</summary>
    private static IEnumerable<string[]> Tables(string lastHeading)
    {
        var inside = false;
        foreach (var line in Lines)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 3)
            {
                inside = false;
            }
            else if (!inside)
            {
                inside = cells[^2] == lastHeading;
            }
            else if (!cells[1].StartsWith('-'))
            {
                yield return cells[1..^1];
            }
        }
    }

    private static string Find(string relative)
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, relative)))
        {
            directory = directory.Parent ?? throw new FileNotFoundException(relative);
        }

        return Path.Combine(directory.FullName, relative);
    }

    [GeneratedRegex(@"^\s+- id: (\S+)$")]
    private static partial Regex IdLine();

    [GeneratedRegex(@"^\s+when: (.+)$")]
    private static partial Regex WhenLine();
}
