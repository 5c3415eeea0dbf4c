using System.Text.Json;
using StreamSegmenter.Connectors.Kafka;
using StreamSegmenter.Tests.Checkpoints;

namespace StreamSegmenter.Tests.Commands;

public sealed class StateCommandTests : IDisposable
{
    private const int Partitions = 2;
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Verify_names_every_checkpoint_and_where_it_is_damaged()
    {
        using var kept = new KeptShard();
        using (var shard = kept.Restore())
        {
            for (var i = 0; i < 2; i++)
            {
                kept.Commit(shard, (i, [1, 2, 3]));
                kept.Checkpoint(shard);
            }
        }

        Assert.Equal(0, await _cli.RunAsync("state", "verify", kept.Root));
        Assert.Equal(
            """
            shard-0/0000000002.manifest
              partition 0 of shop-changelog at offset 4, 2023-11-14 22:13:20.000Z, 3 records, 184 bytes
              OK
            shard-0/0000000001.manifest
              partition 0 of shop-changelog at offset 2, 2023-11-14 22:13:20.000Z, 2 records, 168 bytes
              OK
            2 checkpoints, all as they were written

            """.ReplaceLineEndings("\n"),
            _cli.Out.ReplaceLineEndings("\n"));

        var data = Path.Combine(kept.Location(), "0000000002.checkpoint");
        var bytes = File.ReadAllBytes(data);
        bytes[60] ^= 1;
        File.WriteAllBytes(data, bytes);
        File.WriteAllBytes(Path.Combine(kept.Location(), "0000000001.manifest"), []);
        File.WriteAllBytes(Path.Combine(kept.Location(), "0000000003.checkpoint"), [1]);
        Assert.Equal(1, await _cli.RunAsync("state", "verify", kept.Root));
        Assert.Contains("  DAMAGED at byte 36: the block of ", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("  DAMAGED: the manifest is empty", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("  DAMAGED: it was never finished", _cli.Out, StringComparison.Ordinal);
        Assert.Contains("3 checkpoints, 3 damaged", _cli.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_of_nothing_is_no_success()
    {
        Assert.Equal(1, await _cli.RunAsync("state", "verify", _cli.Folder));
        Assert.Contains("there is no checkpoint in", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _cli.RunAsync("state", "verify", _cli.PathOf("nowhere")));
        Assert.Contains("there is no folder", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_is_exported_from_changelog_and_checkpoints_alike_and_comes_back_by_an_import_as_it_was()
    {
        using var broker = EmbeddedBroker.Start();
        string[] topics =
        [
            "clicks", "cart-abandonment", "suppressed-triggers", "segment-membership", "conversion-metrics", "dead-letters", "late-events",
            "streamsegmenter-exchange", "changelog", "moved",
        ];
        Array.ForEach(topics, topic => broker.CreateTopic(topic, Partitions));
        var config = Configure(broker, "changelog");
        Assert.Equal(0, await _cli.RunAsync(
            "generate", "--config", config, "--count", "600", "--rate", "600", "--customers", "20", "--sessions", "3"));
        await RunUntilCheckpointed(config);

        Assert.Equal(0, await _cli.RunAsync("state", "export", "--config", config));
        var exported = _cli.Out;
        var customers = exported.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("kind").GetString() == "customer").ToList();
        Assert.True(customers.Count > 1);
        Assert.All(customers, customer => Assert.Equal(JsonValueKind.Array, customer.GetProperty("segments").ValueKind));
        var id = customers[0].GetProperty("customerId").GetString()!;

        Assert.Equal(0, await _cli.RunAsync("state", "export", "--config", config, "--customer", id));
        Assert.Contains(_cli.Out.TrimEnd(), exported, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("state", "export", "--config", config, "--from", _cli.PathOf("state")));
        Assert.Equal(exported, _cli.Out);
        Assert.Equal(1, await _cli.RunAsync("state", "export", "--config", config, "--customer", "nobody"));

        var file = _cli.Write("state.jsonl", exported);
        var moved = Configure(broker, "moved");
        Assert.Equal(1, await _cli.RunAsync("state", "import", "--config", config, "--group-is-stopped", file));
        Assert.Contains("'changelog' is not empty", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(1, await _cli.RunAsync("state", "import", "--config", moved, file));
        Assert.Contains("--group-is-stopped", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _cli.RunAsync("state", "import", "--config", moved, "--group-is-stopped", file));
        Assert.Equal(0, await _cli.RunAsync("state", "export", "--config", moved));
        Assert.Equal(exported, _cli.Out);
    }

    [Theory]
    [InlineData("{\"kind\":\"customer\"", "state.jsonl:1: this is no line of 'state export'")]
    [InlineData("""{"kind":"pane","partition":0,"key":"AWE=","value":"AA=="}""", "state.jsonl:1: this is no line of 'state export': its kind")]
    [InlineData("""{"kind":"customer","partition":0,"key":"AWE=","value":"AA=="}""", "is not a whole export")]
    public async Task A_file_that_is_no_export_is_refused_before_anything_is_requested_or_written(string line, string error)
    {
        using var broker = EmbeddedBroker.Start();
        Assert.Equal(1, await _cli.RunAsync("state", "import", "--config", Configure(broker, "moved"), _cli.Write("state.jsonl", line + "\n")));
        Assert.Contains(error, _cli.Error, StringComparison.Ordinal);
    }

    private async Task RunUntilCheckpointed(string config)
    {
        using var stopping = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        using var engine = new Cli();
        var running = engine.RunAsync(stopping.Token, "run", "--config", config);
        while (!running.IsCompleted && !await AreUpToDate())
        {
            await Task.Delay(500);
        }

        await stopping.CancelAsync();
        Assert.Equal(0, await running);

        async Task<bool> AreUpToDate() =>
            await _cli.RunAsync("state", "export", "--config", config) == 0 && _cli.Out is { Length: > 1000 } exported
            && Directory.Exists(_cli.PathOf("state")) && await _cli.RunAsync("state", "export", "--config", config, "--from", _cli.PathOf("state")) == 0
            && _cli.Out == exported && await _cli.RunAsync("state", "export", "--config", config) == 0 && _cli.Out == exported;
    }

    private string Configure(EmbeddedBroker broker, string changelog) => _cli.Write(changelog + ".yaml", $$"""
        inputs: [{topic: clicks}]
        kafka: {brokers: "{{broker.BootstrapServers}}", group: tests, delivery: at-least-once}
        outputs:
          topics: {changelog: "{{changelog}}" }
        engine: {lanes: 1, commitInterval: 100ms, stateDirectory: state, checkpointInterval: 1s}
        segments: [{id: visitor, when: did(any)}]
        http: {listen: "off"}
        """);
}
