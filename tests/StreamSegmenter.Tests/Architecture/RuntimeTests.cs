using System.Text.Json;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>What the program asks of the runtime.</summary>
public sealed class RuntimeTests
{
    [Fact]
    public void It_runs_with_the_garbage_collector_that_it_is_measured_with()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "StreamSegmenter.Host.runtimeconfig.json");
        using var configuration = JsonDocument.Parse(File.ReadAllText(path));

        var isServer = configuration.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties").GetProperty("System.GC.Server");

        // A web project's default is true: a heap for each core, of memory that belongs to the state.
        Assert.False(isServer.GetBoolean());
    }
}
