using System.Globalization;

namespace StreamSegmenter.Chaos;

/// <summary>Measures on a thread of its own how long instances are not ready: from a process's start, or from when it ceased to be ready,
/// until it is. Each such time belongs to the last fault before it ended.</summary>
internal sealed class Recovery : IDisposable
{
    private readonly ChaosInstance[] _instances;
    private readonly Spell[] _spells;
    private readonly SortedDictionary<string, List<double>> _seconds = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _ending = new();
    private readonly Thread _thread;
    private string _fault = "start";

    public Recovery(ChaosInstance[] instances)
    {
        _instances = instances;
        _spells = [.. instances.Select(_ => new Spell())];
        _thread = new Thread(Watch) { IsBackground = true, Name = "recovery" };
        _thread.Start();
    }

    /// <summary>Of all times to ready; also of the instances that are not ready yet.</summary>
    public double WorstSeconds
    {
        get
        {
            lock (_gate)
            {
                var open = _spells.Where(spell => spell.Since is not null).Select(spell => Seconds(spell.Since!.Value));
                return _seconds.Values.SelectMany(seconds => seconds).Concat(open).DefaultIfEmpty().Max();
            }
        }
    }

    public void Caused(string fault)
    {
        lock (_gate)
        {
            _fault = fault;
        }
    }

    /// <summary>By fault: how often, median, worst.</summary>
    public IReadOnlyList<string> Summary()
    {
        lock (_gate)
        {
            var all = _seconds.Values.SelectMany(seconds => seconds).ToList();
            return [.. _seconds.Append(new("all", all)).Where(kind => kind.Value.Count > 0).Select(kind => string.Create(
                CultureInfo.InvariantCulture,
                $"{kind.Key}: {kind.Value.Count} times, median {kind.Value.Order().ElementAt(kind.Value.Count / 2):0.0} s, worst {kind.Value.Max():0.0} s"))];
        }
    }

    public void End()
    {
        _ending.Set();
        _thread.Join();
    }

    public void Dispose()
    {
        End();
        _ending.Dispose();
    }

    private void Watch()
    {
        while (!_ending.Wait(TimeSpan.FromMilliseconds(100)))
        {
            for (var i = 0; i < _instances.Length; i++)
            {
                Look(_instances[i], _spells[i]);
            }
        }
    }

    private void Look(ChaosInstance instance, Spell spell)
    {
        var (start, isFrozen) = (instance.Starts, instance.IsFrozen);
        if (start == 0 || isFrozen)
        {
            spell.Since = null;
            return;
        }

        var isReady = instance.Process.Readiness() == "ready";
        lock (_gate)
        {
            if (start != instance.Starts || instance.IsFrozen)
            {
                // Disturbed while it was looked at.
                return;
            }

            if (spell.Start != start)
            {
                (spell.Start, spell.Since) = (start, instance.StartedAt);
            }

            if (!isReady)
            {
                spell.Since ??= Environment.TickCount64;
            }
            else if (spell.Since is { } since)
            {
                spell.Since = null;
                (_seconds.TryGetValue(_fault, out var seconds) ? seconds : _seconds[_fault] = []).Add(Seconds(since));
            }
        }
    }

    private static double Seconds(long since) => (Environment.TickCount64 - since) / 1_000.0;

    private sealed class Spell
    {
        public int Start { get; set; }

        public long? Since { get; set; }
    }
}
