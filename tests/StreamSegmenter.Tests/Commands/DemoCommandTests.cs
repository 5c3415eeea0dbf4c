namespace StreamSegmenter.Tests.Commands;

public sealed class DemoCommandTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task It_says_how_to_end_it_and_ends_with_a_summary_and_commands_to_try_next()
    {
        Assert.Equal(0, await _cli.RunAsync("demo", "--for", "1s"));

        Assert.Matches(@"(?s)Ctrl-C ends it, with a summary.*Summary.*\n  events  .*Try next: .*\n  streamsegmenter generate .*\n  streamsegmenter replay .*\n  streamsegmenter explain ", _cli.Out);
    }
}
