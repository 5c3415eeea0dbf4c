using StreamSegmenter.Connectors.Codecs.Mapping;
using StreamSegmenter.Connectors.Files;
using StreamSegmenter.Engine.Contracts;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Replay;

/// <summary>Reads the inputs abreast: always the next portion of the one whose event time is furthest behind, so that none
/// runs ahead. Routes each event to the shard that its customer's hash names.</summary>
internal sealed class ReplayReader : IDisposable
{
    /// <summary>Part of the result: where a file is not in time order, an event counts as late against the portions before it.</summary>
    private const int PortionRecords = 4096;
    private readonly FileEventReader[] _readers;
    private readonly PartitionProgress[] _progress;
    private readonly PolledRecords _portion = new();
    private readonly EventBatch _kept = new();
    private readonly WrongClock[]? _clocks;
    private long[] _eventsByType = new long[64];

    private readonly long _untilMs;
    private readonly IReadOnlyList<FileInput> _inputs;

    /// <param name="untilMs">Later events count for nothing, as if the inputs did not have them.</param>
    /// <param name="skewMs">How far an event may lie ahead of those around it; null: any.</param>
    public ReplayReader(IReadOnlyList<FileInput> inputs, long untilMs, long? skewMs)
    {
        _clocks = skewMs is { } most ? [.. inputs.Select(_ => new WrongClock(most))] : null;
        _untilMs = untilMs;
        _inputs = inputs;
        _readers = new FileEventReader[inputs.Count];
        _progress = new PartitionProgress[inputs.Count];
        Array.Fill(_progress, new PartitionProgress(0, -1));
        try
        {
            for (var i = 0; i < inputs.Count; i++)
            {
                _readers[i] = FileEventReader.Open(inputs[i], (ushort)i);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public long Events { get; private set; }

    /// <summary>Records read, readable or not.</summary>
    public long Records { get; private set; }

    /// <summary>How each input's mapping was used.</summary>
    public IEnumerable<(string Input, MappingUse Use)> Uses => _inputs.Zip(_readers, (input, reader) => (input.Name, reader.Use!));

    public long EventTimeMaxMs { get; private set; } = long.MinValue;

    /// <summary>The position of every input.</summary>
    public ReadOnlySpan<PartitionProgress> Progress => _progress;

    /// <summary>Refused records of the portion read last, and how many records it had.</summary>
    public PolledRecords Portion => _portion;

    /// <summary>Reads the next portion; false when all inputs have ended.</summary>
    /// <exception cref="InputFileException">An input cannot be read on.</exception>
    public bool Read(int shards)
    {
        var next = Furthest();
        if (next < 0)
        {
            return false;
        }

        _portion.Clear();
        var more = _readers[next].Read(_portion, PortionRecords);
        Records += _portion.RecordCount;
        if (_clocks is not null)
        {
            RefuseWrongClocks(_clocks[next], _inputs[next].Name);
        }

        var inputTimeMs = _progress[next].InputTimeMs;
        foreach (ref var e in _portion.Events.Events)
        {
            e.Partition = (int)(e.KeyHash % (ulong)shards);
            if (e.EventTimeMs <= _untilMs)
            {
                inputTimeMs = Math.Max(inputTimeMs, e.EventTimeMs);
                Events++;
                Count(e.Type);
            }
        }

        EventTimeMaxMs = Math.Max(EventTimeMaxMs, inputTimeMs);
        _progress[next] = new PartitionProgress(_readers[next].Position + 1, -1, inputTimeMs, Ended: !more);
        return true;
    }

    public SortedDictionary<string, long> EventsByType()
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var id = 0; id < _eventsByType.Length; id++)
        {
            if (_eventsByType[id] > 0)
            {
                counts[EventTypes.NameOf(new EventType((ushort)id))] = _eventsByType[id];
            }
        }

        return counts;
    }

    public void Dispose()
    {
        foreach (var reader in _readers)
        {
            reader?.Dispose();
        }
    }

    private void RefuseWrongClocks(WrongClock clock, string input)
    {
        var events = _portion.Events;
        List<int>? ahead = null;
        for (var i = 0; i < events.Count; i++)
        {
            if (clock.IsAhead(events.Events, i))
            {
                (ahead ??= []).Add(i);
            }
        }

        if (ahead is null)
        {
            return;
        }

        _kept.Clear();
        for (var i = 0; i < events.Count; i++)
        {
            ref readonly var e = ref events[i];
            if (!ahead.Contains(i))
            {
                _kept.CopyFrom(events, in e);
                continue;
            }

            // The record is gone by now; its event has what is needed.
            var problem = EventProblem.Of(in e, events, WrongClock.Reason(e.EventTimeMs));
            _portion.Refused.Add(new DeadLetter(
                input, 0, e.Offset, problem.Reason, default, System.Text.Encoding.UTF8.GetBytes(problem.Description))
            { CustomerId = problem.CustomerKey });
        }

        _portion.Events.Swap(_kept);
    }

    private int Furthest()
    {
        var furthest = -1;
        for (var i = 0; i < _progress.Length; i++)
        {
            if (!_progress[i].Ended && (furthest < 0 || _progress[i].InputTimeMs < _progress[furthest].InputTimeMs))
            {
                furthest = i;
            }
        }

        return furthest;
    }

    private void Count(EventType type)
    {
        if (type.Id >= _eventsByType.Length)
        {
            Array.Resize(ref _eventsByType, Math.Max(type.Id + 1, _eventsByType.Length * 2));
        }

        _eventsByType[type.Id]++;
    }
}
