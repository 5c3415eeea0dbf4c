using StreamSegmenter.Tests.Commands;

namespace StreamSegmenter.Tests.Docs;

/// <summary>The page about conversions shows the numbers that its own configuration gives for its own input.</summary>
public sealed class ConversionsDocTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Each_record_that_the_page_shows_is_written_by_its_example()
    {
        var blocks = DocPage.All.Single(page => page.Name.Replace('\\', '/') == "docs/conversions.md").Blocks;
        var input = blocks.First(block => block.Info == "json").Text;
        _cli.Write("shop.jsonl", input + "\n");
        var config = _cli.Write("c.yaml", blocks.Single(block => block.Info == "yaml config").Text);
        Assert.Equal(0, await _cli.RunAsync("replay", "--config", config, "--out", _cli.PathOf("results")));
        var written = File.ReadAllLines(_cli.PathOf("results/conversion-metrics.jsonl"));

        var shown = blocks.Where(block => block.Info == "json").Skip(1).SelectMany(block => block.Text.Split('\n')).ToArray();

        Assert.True(shown.Length >= 3, $"the page shows only {shown.Length} records");
        Assert.All(shown, record => Assert.Contains(record, written));
    }
}
