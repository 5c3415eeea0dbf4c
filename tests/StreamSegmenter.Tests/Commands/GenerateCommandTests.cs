using System.Text;

namespace StreamSegmenter.Tests.Commands;

public sealed class GenerateCommandTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Equal_seeds_give_equal_files()
    {
        foreach (var name in new[] { "a.jsonl", "b.jsonl" })
        {
            Assert.Equal(0, await _cli.RunAsync("generate", "--count", "500", "--seed", "7", "--out", _cli.PathOf(name)));
        }

        Assert.Equal(File.ReadAllText(_cli.PathOf("a.jsonl")), File.ReadAllText(_cli.PathOf("b.jsonl")));
        Assert.Equal(500, File.ReadLines(_cli.PathOf("a.jsonl")).Count());
    }

    [Fact]
    public async Task A_time_and_a_rate_say_how_many_events_there_are()
    {
        Assert.Equal(0, await _cli.RunAsync("generate", "--for", "10s", "--rate", "30", "--format", "csv"));

        var lines = Encoding.UTF8.GetString(_cli.StandardOutput.ToArray()).TrimEnd('\n').Split('\n');
        Assert.StartsWith("event_id,event_type,event_time,", lines[0], StringComparison.Ordinal);
        Assert.Equal(301, lines.Length);
    }
}
