using System.Numerics;

namespace StreamSegmenter.Time;

/// <summary>A hierarchical timing wheel in event time, one millisecond a tick. Eleven levels of 64 slots cover every instant;
/// an entry sits at the level of the highest six-bit group in which its due time differs from the wheel's present, so
/// arming is O(1), an entry moves down at most ten times, and empty stretches of time cost nothing (a bitmap per level
/// finds the next occupied slot).
/// <para>Invariants: an entry's slot is ahead of the present's slot at its level; entries due at the present are in the
/// ready list, those due before it in the heap of the overdue. The present never goes back, but its user's may (an
/// aborted commit): an entry waits for its instant, wherever that lies. Entries cannot be cancelled:
/// what they stand for is checked when they fire.</para></summary>
internal sealed class TimerWheel
{
    private const int BitsPerLevel = 6;
    private const int Slots = 1 << BitsPerLevel;
    private const int Levels = 11;
    private const int None = -1;

    private readonly int[] _heads = new int[Levels * Slots];
    private readonly ulong[] _occupied = new ulong[Levels];
    private readonly PriorityQueue<int, (ulong Due, long Order)> _overdue = new();
    private Entry[] _entries = new Entry[64];
    private int _free = None;
    private int _used;
    private int _readyHead = None;
    private int _readyTail = None;
    private ulong _now;
    private long _overdueArmed;

    /// <summary>Starts at the beginning of time.</summary>
    public TimerWheel() => Array.Fill(_heads, None);

    private struct Entry
    {
        public ulong Due;
        public int Payload;
        public int Next;
    }

    /// <summary>Entries armed and not yet popped.</summary>
    public int Count { get; private set; }

    /// <summary>Arms an entry; its due time may lie before instants that the wheel has already passed.</summary>
    public void Arm(long dueMs, int payload)
    {
        var index = Allocate();
        _entries[index] = new Entry { Due = Bias(dueMs), Payload = payload, Next = None };
        Count++;
        Place(index);
    }

    /// <summary>Takes out the next entry due at or before <paramref name="untilMs"/>, in the order of due times, equal ones in the
    /// order in which they were armed; moves the present there. Entries armed while popping take part.</summary>
    public bool TryPop(long untilMs, out long dueMs, out int payload)
    {
        if (!TryTake(Bias(untilMs), out var index))
        {
            dueMs = 0;
            payload = 0;
            return false;
        }

        ref var entry = ref _entries[index];
        dueMs = Unbias(entry.Due);
        payload = entry.Payload;
        entry.Next = _free;
        _free = index;
        Count--;
        return true;
    }

    private bool TryTake(ulong until, out int index)
    {
        if (_overdue.TryPeek(out index, out var first))
        {
            // All others are due later than the overdue.
            return first.Due <= until && _overdue.TryDequeue(out index, out _);
        }

        while (_readyHead == None)
        {
            if (!TryAdvance(until))
            {
                return false;
            }
        }

        index = _readyHead;
        if (_entries[index].Due > until)
        {
            return false;
        }

        _readyHead = _entries[index].Next;
        if (_readyHead == None)
        {
            _readyTail = None;
        }

        return true;
    }

    /// <summary>Order-preserving map of signed milliseconds to unsigned ticks.</summary>
    private static ulong Bias(long timeMs) => unchecked((ulong)timeMs) ^ (1UL << 63);

    private static long Unbias(ulong tick) => unchecked((long)(tick ^ (1UL << 63)));

    /// <summary>Moves to the next occupied slot within <paramref name="until"/>; false when there is none.</summary>
    private bool TryAdvance(ulong until)
    {
        for (var level = 0; level < Levels; level++)
        {
            if (_occupied[level] == 0)
            {
                continue;
            }

            // The lowest occupied level holds the earliest entries: higher levels differ in higher bits.
            var slot = BitOperations.TrailingZeroCount(_occupied[level]);
            var start = SlotStart(level, slot);
            if (start > until)
            {
                break;
            }

            _now = start;
            Cascade(level, slot);
            return true;
        }

        _now = Math.Max(_now, until);
        return false;
    }

    private ulong SlotStart(int level, int slot)
    {
        var shift = level * BitsPerLevel;
        var above = shift + BitsPerLevel;
        var prefix = above >= 64 ? 0 : _now >> above << above;
        return prefix | ((ulong)slot << shift);
    }

    private void Cascade(int level, int slot)
    {
        var head = (level * Slots) + slot;
        var index = _heads[head];
        _heads[head] = None;
        _occupied[level] &= ~(1UL << slot);

        // Slots are stacks: turn the list, so that entries of one instant pop in the order in which they were armed.
        var turned = None;
        while (index != None)
        {
            var next = _entries[index].Next;
            _entries[index].Next = turned;
            turned = index;
            index = next;
        }

        while (turned != None)
        {
            var next = _entries[turned].Next;
            _entries[turned].Next = None;
            Place(turned);
            turned = next;
        }
    }

    private void Place(int index)
    {
        ref var entry = ref _entries[index];
        if (entry.Due < _now)
        {
            _overdue.Enqueue(index, (entry.Due, _overdueArmed++));
            return;
        }

        if (entry.Due == _now)
        {
            if (_readyTail == None)
            {
                _readyHead = index;
            }
            else
            {
                _entries[_readyTail].Next = index;
            }

            _readyTail = index;
            return;
        }

        var level = BitOperations.Log2(entry.Due ^ _now) / BitsPerLevel;
        var slot = (int)((entry.Due >> (level * BitsPerLevel)) & (Slots - 1));
        var head = (level * Slots) + slot;
        entry.Next = _heads[head];
        _heads[head] = index;
        _occupied[level] |= 1UL << slot;
    }

    private int Allocate()
    {
        if (_free != None)
        {
            var index = _free;
            _free = _entries[index].Next;
            return index;
        }

        if (_used == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        return _used++;
    }
}
