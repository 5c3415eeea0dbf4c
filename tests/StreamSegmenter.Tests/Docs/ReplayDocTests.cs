using StreamSegmenter.Tests.Commands;

namespace StreamSegmenter.Tests.Docs;

/// <summary>The page about replays shows what a replay writes: its configuration is run over its input.</summary>
public sealed class ReplayDocTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Each_line_that_the_page_shows_of_its_own_replay_is_written_by_it()
    {
        var blocks = DocPage.All.Single(page => page.Name.Replace('\\', '/') == "docs/replay.md").Blocks;
        _cli.Write("late.jsonl", blocks[^1].Text + "\n");
        var config = _cli.Write("c.yaml", blocks.Single(block => block.Info == "yaml config").Text);
        Assert.Equal(0, await _cli.RunAsync("replay", "--config", config, "--out", _cli.PathOf("results")));
        var written = string.Concat(Directory.GetFiles(_cli.PathOf("results")).Select(File.ReadAllText));

        // Two kinds of lines need other inputs: a late one, and a suppressed trigger.
        var shown = blocks.Where(block => block.Info == "json").SkipLast(1).Select(block => block.Text)
            .Where(text => !text.Contains("late2.jsonl", StringComparison.Ordinal) && !text.Contains("inExcludedSegment", StringComparison.Ordinal)).ToArray();

        Assert.Equal(5, shown.Length);
        Assert.All(shown, text => Assert.Contains(text, written, StringComparison.Ordinal));
    }
}
