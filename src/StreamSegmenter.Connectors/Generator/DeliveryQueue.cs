namespace StreamSegmenter.Connectors.Generator;

/// <summary>The events under way, by (time of delivery, order of sending). A heap of small entries over a pool of events, so that
/// reordering does not move the events themselves. Bounded by what the options let be under way.</summary>
internal sealed class DeliveryQueue
{
    private readonly PriorityQueue<int, (long DueMs, long Sequence)> _heap = new();
    private readonly Stack<int> _free = new();
    private GeneratedEvent[] _events = new GeneratedEvent[256];
    private long _sequence;
    private int _used;

    public bool IsEmpty => _heap.Count == 0;

    public long NextDueMs => _heap.TryPeek(out _, out var due) ? due.DueMs : long.MaxValue;

    public void Add(in GeneratedEvent e)
    {
        if (!_free.TryPop(out var slot))
        {
            slot = _used++;
            if (slot == _events.Length)
            {
                Array.Resize(ref _events, _events.Length * 2);
            }
        }

        _events[slot] = e;
        _heap.Enqueue(slot, (e.DeliveredAtMs, _sequence++));
    }

    public void Take(ref GeneratedEvent e)
    {
        var slot = _heap.Dequeue();
        e = _events[slot];
        _free.Push(slot);
    }
}
