using StreamSegmenter.Runtime;

namespace StreamSegmenter.Tests.Lanes;

/// <summary>The engine as a library, where there is no broker.</summary>
public sealed class StreamSegmenterEngineTests : IDisposable
{
    private const string Yaml = """
        kafka: { brokers: "127.0.0.1:1" }
        inputs:
          - topic: shop
        cartAbandonment:
          - id: forgotten
            after: 30m
        """;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"engine-{Guid.NewGuid():N}.yaml");

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Every_error_of_the_configuration_is_in_the_exception_with_its_place()
    {
        File.WriteAllText(_file, Yaml.Replace("after: 30m", "after: soon", StringComparison.Ordinal) + "\ngraze: 5m\n");

        var thrown = Assert.Throws<ConfigurationException>(() => StreamSegmenterEngine.Load(_file));

        Assert.Equal([(6, 12), (7, 1)], thrown.Errors.Select(error => (error.Line, error.Column)));
        Assert.Contains("'after' expects a duration", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'grace'?", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_outputs_complete_when_the_engine_stops_before_a_broker_answers()
    {
        await using var engine = Load(out var reports);
        var completed = 0;
        engine.Outputs.CartAbandoned.Subscribe(_ => { }, () => completed++);
        engine.Outputs.LateEvents.Subscribe(_ => { }, () => completed++);
        using var stop = new CancellationTokenSource();
        var running = engine.RunAsync(stop.Token);
        await stop.CancelAsync();
        await running;

        Assert.Equal(2, completed);
        Assert.Empty(reports);
    }

    [Fact]
    public async Task Disposing_stops_the_engine()
    {
        var engine = Load(out _);
        var running = engine.RunAsync(TestContext.Current.CancellationToken);
        await engine.DisposeAsync();

        Assert.True(running.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task An_engine_runs_once()
    {
        await using var engine = Load(out _);
        _ = engine.RunAsync(TestContext.Current.CancellationToken);

        Assert.Throws<InvalidOperationException>(() => { _ = engine.RunAsync(TestContext.Current.CancellationToken); });
    }

    [Fact]
    public async Task An_observer_that_threw_fails_the_run_at_its_end()
    {
        await using var engine = Load(out var reports);
        engine.Outputs.DeadLetters.Subscribe(_ => { }, () => throw new InvalidOperationException("my own mistake"));
        using var stop = new CancellationTokenSource();
        var running = engine.RunAsync(stop.Token);
        await stop.CancelAsync();

        var thrown = await Assert.ThrowsAsync<AggregateException>(() => running);
        Assert.Equal("my own mistake", Assert.Single(thrown.InnerExceptions).Message);
        Assert.Single(reports);
    }

    private StreamSegmenterEngine Load(out List<string> reports)
    {
        File.WriteAllText(_file, Yaml);
        var sentences = reports = [];
        return StreamSegmenterEngine.Load(_file, new StreamSegmenterOptions { Report = sentences.Add });
    }
}
