using System.Collections.Concurrent;
using System.Net;

namespace StreamSegmenter.Host.Http;

/// <summary>Counts wrong tokens by address. After <see cref="FailuresMax"/> within a minute an address is refused for the rest of it, whatever it brings.</summary>
internal sealed class FailedAttempts(TimeProvider clock)
{
    public const int FailuresMax = 20;

    private const int AddressesMax = 10_000;

    private readonly ConcurrentDictionary<IPAddress, Failures> _failures = new();

    public bool IsRefused(IPAddress address) =>
        _failures.TryGetValue(address, out var failures) && failures.Minute == Minute() && failures.Count >= FailuresMax;

    public void Count(IPAddress address)
    {
        var minute = Minute();
        if (_failures.Count >= AddressesMax)
        {
            _failures.Clear();
        }

        _failures.AddOrUpdate(
            address, new Failures(minute, 1), (_, known) => known.Minute == minute ? known with { Count = known.Count + 1 } : new Failures(minute, 1));
    }

    private long Minute() => clock.GetUtcNow().ToUnixTimeSeconds() / 60;

    private readonly record struct Failures(long Minute, int Count);
}
