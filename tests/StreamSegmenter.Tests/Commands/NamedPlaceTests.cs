using System.Text.Json;
using StreamSegmenter.Runtime.Configuration.Shapes;
using StreamSegmenter.Tests.Configuration;

namespace StreamSegmenter.Tests.Commands;

/// <summary>A message names what the user wrote: the option, the key, the command. A result has a form for scripts.</summary>
public sealed class NamedPlaceTests : IDisposable
{
    private const string Event = """{"event_type":"product_added","event_time":"2026-01-01T12:00:00Z","customer_id":"ann","product_id":"p1"}""";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("a-file", "is a file")]
    [InlineData("a-file/below", "cannot be made")]
    public async Task A_state_directory_that_cannot_be_written_ends_run_before_it_reaches_for_a_broker(string directory, string reason)
    {
        _cli.Write("a-file", "");
        var config = Configuration();

        Assert.Equal(2, await _cli.RunAsync("run", "--config", config, "--set", $"engine.stateDirectory={_cli.PathOf(directory)}"));

        Assert.Contains($"engine.stateDirectory", _cli.Error, StringComparison.Ordinal);
        Assert.Contains(reason, _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_refuses_a_file_for_its_folder()
    {
        var file = _cli.Write("a-file", "precious");

        Assert.Equal(2, await _cli.RunAsync("replay", "--config", Configuration(), "--out", file));

        Assert.Contains($"--out: '{file}' is a file, not a folder", _cli.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(file));
    }

    [Theory]
    [InlineData("", "is a folder")]
    [InlineData("a-file/events.jsonl", "is a file, not a folder")]
    public async Task Generate_refuses_what_is_no_place_for_a_file(string path, string reason)
    {
        _cli.Write("a-file", "");

        Assert.Equal(2, await _cli.RunAsync("generate", "--count", "1", "--out", _cli.PathOf(path)));

        Assert.Contains("--out", _cli.Error, StringComparison.Ordinal);
        Assert.Contains(reason, _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("explain")]
    public async Task A_customer_can_be_looked_up_neither_in_files_nor_in_topics_without_either(string command)
    {
        var config = _cli.Write("c.yaml", "inputs:\n  - topic: clicks\n");

        Assert.Equal(2, await _cli.RunAsync(command, "--config", config, "--customer", "ann"));

        Assert.Contains("c.yaml:1:1: there is no section 'kafka'", _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("run ", _cli.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("validate", "valid")]
    [InlineData("inspect --customer ann", "customerId")]
    [InlineData("explain --customer ann", "customerId")]
    [InlineData("replay --out results", "events")]
    public async Task Json_is_one_document_on_standard_output(string line, string property)
    {
        var words = line.Replace("results", _cli.PathOf("results"), StringComparison.Ordinal).Split(' ');

        Assert.Equal(0, await _cli.RunAsync([words[0], "--config", Configuration(), .. words[1..], "--json"]));

        using var document = JsonDocument.Parse(_cli.Out);
        Assert.True(document.RootElement.TryGetProperty(property, out _));
    }

    /// <summary>What a user reads in <c>validate</c> can be looked up and set under that name.</summary>
    [Fact]
    public async Task Validate_calls_everything_by_its_key()
    {
        var shop = RepositoryFiles.PathOf("samples/shop.yaml");
        Assert.Equal(0, await _cli.RunAsync("validate", "--config", shop));

        var rows = _cli.Out.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ')
            .Select(line => line.Trim().Split(' ')[0]);
        var known = Keys(ConfigurationShape.Root).Concat(["http.listen", "clickstream", "shop-orders", "abandoned-cart", "recent-buyer", "vip"]);
        Assert.Empty(rows.Except(known));
    }

    private static IEnumerable<string> Keys(ObjectShape section) => section.Keys.SelectMany(key => Keys(key.Shape).Prepend(key.Name));

    private static IEnumerable<string> Keys(Shape shape) => shape switch
    {
        ObjectShape section => Keys(section),
        ListShape list => Keys(list.Item),
        EitherShape { Map: { } map } => Keys(map),
        _ => [],
    };

    private string Configuration()
    {
        _cli.Write("events.jsonl", Event + "\n");
        return _cli.Write("c.yaml", "inputs: [{topic: clicks, file: events.jsonl}]\nkafka: {brokers: '127.0.0.1:1'}\n");
    }
}
