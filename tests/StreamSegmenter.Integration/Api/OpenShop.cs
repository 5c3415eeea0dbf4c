using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using StreamSegmenter.Host.Demo;

namespace StreamSegmenter.Integration.Api;

/// <summary>The demo's shop, with traffic, until the tests of a class have run.</summary>
public sealed class OpenShop : IAsyncLifetime
{
    private readonly CancellationTokenSource _closing = new();
    private Task _running = Task.CompletedTask;
    private Task _sending = Task.CompletedTask;

    internal DemoShop Shop { get; private set; } = null!;

    public HttpClient Client { get; } = new();

    /// <summary>What the engine reported.</summary>
    public ConcurrentQueue<string> Reports { get; } = new();

    public async ValueTask InitializeAsync()
    {
        TestBroker.RequireEmbedded();
        Shop = await DemoShop.OpenAsync(new DemoShopOptions { Overrides = ["http.listen=127.0.0.1:0"], Report = Reports.Enqueue }, TimeProvider.System, _closing.Token);
        Client.BaseAddress = Shop.Address;
        _running = Shop.Engine.RunAsync(_closing.Token);
        _sending = Shop.SendAsync(_closing.Token);
        await UntilAsync("/api/v1/triggers?kind=emitted&limit=1", page => page["records"]!.AsArray().Count > 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Shop is not null)
        {
            await Shop.DisposeAsync();
        }

        Client.Dispose();
        _closing.Dispose();
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>Asks again and again, and takes a 503 for "not yet".</summary>
    public Task<JsonNode> UntilAsync(string path, Func<JsonNode, bool> isSo) => Wait.ForAsync(
        async () =>
        {
            using var response = await Client.GetAsync(path);
            var text = await response.Content.ReadAsStringAsync();
            var found = response.IsSuccessStatusCode && JsonNode.Parse(text) is { } json && isSo(json) ? json : null;
            return (found, $"{path}: still {(int)response.StatusCode} {text}");
        },
        TimeSpan.FromSeconds(90));
}
