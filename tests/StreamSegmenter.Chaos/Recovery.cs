using System.Globalization;

namespace StreamSegmenter.Chaos;

/// <summary>Measures on a thread of its own how long instances are not ready: from a process's start, or from when it ceased to be ready,
/// until it is. Each such time belongs to the last fault before it ended; of the longest, it also keeps what the instance reported
/// meanwhile.</summary>
internal sealed class Recovery : IDisposable
{
    private const int StoriesMax = 5;
    private readonly ChaosInstance[] _instances;
    private readonly Spell[] _spells;
    private readonly SortedDictionary<string, List<double>> _seconds = new(StringComparer.Ordinal);
    private readonly List<(double Seconds, string Story)> _stories = [];
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

    /// <summary>Of the longest times to ready, what the instance reported and from which second on, the longest first.</summary>
    public IReadOnlyList<string> Longest()
    {
        lock (_gate)
        {
            return [.. _stories.OrderByDescending(story => story.Seconds).Take(StoriesMax).Select(story => story.Story)];
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

        var readiness = instance.Process.Readiness();
        lock (_gate)
        {
            if (start != instance.Starts || instance.IsFrozen)
            {
                // Disturbed while it was looked at.
                return;
            }

            if (spell.Start != start)
            {
                spell.Begin(start, instance.StartedAt);
            }

            if (readiness != "ready")
            {
                spell.Note(readiness);
            }
            else if (spell.Since is { } since)
            {
                var seconds = Seconds(since);
                (_seconds.TryGetValue(_fault, out var times) ? times : _seconds[_fault] = []).Add(seconds);
                _stories.Add((seconds, string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s, {instance.Name}, {_fault}: {spell.Story}")));
                spell.Since = null;
            }
        }
    }

    private static double Seconds(long since) => (Environment.TickCount64 - since) / 1_000.0;

    private sealed class Spell
    {
        private readonly List<string> _reports = [];
        private string _last = "";

        public int Start { get; private set; }

        public long? Since { get; set; }

        public string Story => string.Join("; ", _reports);

        public void Begin(int start, long since)
        {
            (Start, Since, _last) = (start, since, "");
            _reports.Clear();
        }

        /// <summary>Keeps a report that differs from the last one in more than its numbers.</summary>
        public void Note(string readiness)
        {
            if (Since is null)
            {
                Begin(Start, Environment.TickCount64);
            }

            var words = string.Concat(readiness.Where(character => !char.IsAsciiDigit(character)));
            if (words != _last)
            {
                _last = words;
                _reports.Add(string.Create(CultureInfo.InvariantCulture, $"{Seconds(Since!.Value):0.0} s {readiness}"));
            }
        }
    }
}
