using System.Text.RegularExpressions;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Docs;

/// <summary>docs/reliability.md says of every fault who covers it. What it names is there.</summary>
public sealed partial class FaultMatrixTests
{
    // The numbers are those of the design; of what is not built yet there are none.
    private static readonly int[] Faults = [.. Enumerable.Range(1, 31), 33, 37, 38];

    private static readonly string[] Rows =
        [.. File.ReadLines(RepositoryFiles.PathOf("docs/reliability.md")).Where(line => FaultRow().IsMatch(line))];

    [Fact]
    public void Every_fault_has_a_row() =>
        Assert.Equal(Faults, Rows.Select(row => int.Parse(FaultRow().Match(row).Groups[1].Value, null)));

    [Fact]
    public void Every_row_names_a_test_or_is_marked_not_covered() => Assert.DoesNotContain(
        Rows, row => !TestName().IsMatch(row) && !row.Contains("not covered", StringComparison.Ordinal));

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var sources = Directory.EnumerateFiles(RepositoryFiles.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText).ToArray();
        var named = Rows.SelectMany(row => TestName().Matches(row)).ToArray();

        Assert.True(named.Length > Faults.Length, $"only {named.Length} tests are named");
        Assert.Empty(named.Where(name => !sources.Any(source => Has(source, name))).Select(name => name.Value));
    }

    private static bool Has(string source, Match name) =>
        source.Contains($"class {name.Groups["class"].Value}", StringComparison.Ordinal)
        && (!name.Groups["test"].Success || source.Contains($" {name.Groups["test"].Value}(", StringComparison.Ordinal));

    [GeneratedRegex(@"^\| (\d+) \|")]
    private static partial Regex FaultRow();

    [GeneratedRegex(@"`(?<class>\w+Tests)(\.(?<test>\w+))?`")]
    private static partial Regex TestName();
}
