using System.Diagnostics.CodeAnalysis;
using StreamSegmenter.Events;

namespace StreamSegmenter.Connectors.Files;

/// <summary>All events of a file, given out by (event time, place in the file). The events stay where they were put,
/// in batches of a fixed size; what is sorted is an index of 16 bytes an event.</summary>
internal sealed class SortedEvents
{
    // So many events of the greatest size fill one batch to 1 GiB, which an array can hold.
    private const int BatchBits = 14;
    private const int BatchEvents = 1 << BatchBits;

    private readonly List<EventBatch> _batches = [];
    private readonly List<Entry> _index = [];
    private int _next;

    public bool IsEmpty => _next == _index.Count;

    /// <summary>Copies the events of a batch behind those that are there.</summary>
    public void Add(EventBatch events)
    {
        foreach (ref var e in events.Events)
        {
            if ((_index.Count & (BatchEvents - 1)) == 0)
            {
                _batches.Add(new EventBatch());
            }

            _batches[^1].CopyFrom(events, in e);
            _index.Add(new Entry(e.EventTimeMs, _index.Count));
        }
    }

    public void Sort() => _index.Sort();

    /// <summary>Appends the next events in order.</summary>
    public void Take(EventBatch events, int countMax)
    {
        for (; countMax > 0 && _next < _index.Count; countMax--)
        {
            var ordinal = _index[_next++].Ordinal;
            var batch = _batches[ordinal >> BatchBits];
            events.CopyFrom(batch, in batch[ordinal & (BatchEvents - 1)]);
        }
    }

    // The ordinal makes every key unique, so an unstable sort gives a stable order.
    [SuppressMessage("Design", "CA1036", Justification = "Compared by the sort alone.")]
    private readonly record struct Entry(long EventTimeMs, int Ordinal) : IComparable<Entry>
    {
        public int CompareTo(Entry other)
        {
            var byTime = EventTimeMs.CompareTo(other.EventTimeMs);
            return byTime != 0 ? byTime : Ordinal.CompareTo(other.Ordinal);
        }
    }
}
