using StreamSegmenter.Conversions;
using StreamSegmenter.Events;
using StreamSegmenter.Segments;
using StreamSegmenter.Triggers;

namespace StreamSegmenter.Host.Feed;

/// <summary>What was read of the output topics lately, in the order in which it was read: a bounded ring for the streams, the newest records of
/// each kind, the panes of the last windows, and sums over time. One thread adds, any thread reads.</summary>
internal sealed class Journal(Currency shop)
{
    /// <summary>For the streams: who is further behind misses records, and is told.</summary>
    public const int ItemsMax = 20_000;

    private const int TriggersMax = 10_000;
    private const int MembershipsMax = 10_000;
    private const int DeadLettersMax = 1_000;

    private readonly Lock _gate = new();
    private readonly FeedItem[] _ring = new FeedItem[ItemsMax];
    private readonly Recent<object> _triggers = new(TriggersMax);
    private readonly Recent<MembershipChange> _memberships = new(MembershipsMax);
    private readonly Recent<DeadLetter> _deadLetters = new(DeadLettersMax);
    private readonly HashSet<(string, TriggerKind, SuppressionReason?)> _seen = [];
    private long[] _begin = [];
    private long[] _end = [];
    private long _first;
    private long _next;
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PaneBoard Panes { get; } = new();

    public FlowBoard Flows { get; } = new(shop);

    /// <summary>Begins anew.</summary>
    /// <param name="begin">Of each place the first offset that will be read.</param>
    public void Begin(long[] begin)
    {
        lock (_gate)
        {
            // Positions in the ring go on counting, so that no reader takes an old one for a new one.
            _begin = [.. begin];
            _end = [.. begin];
            _first = _next;
            _triggers.Clear();
            _memberships.Clear();
            _deadLetters.Clear();
            _seen.Clear();
            Panes.Clear();
            Flows.Clear();
        }
    }

    public void Add(FeedItem item)
    {
        lock (_gate)
        {
            _end[item.Place] = item.Offset + 1;
            if (!TryKeep(item.Output))
            {
                return;
            }

            if (_next - _first == ItemsMax)
            {
                ref readonly var oldest = ref _ring[_first % ItemsMax];
                _begin[oldest.Place] = oldest.Offset + 1;
                _first++;
            }

            _ring[_next % ItemsMax] = item;
            _next++;
            _grown.TrySetResult();
        }
    }

    public IReadOnlyList<object> Triggers()
    {
        lock (_gate)
        {
            return _triggers.NewestFirst();
        }
    }

    public IReadOnlyList<MembershipChange> Memberships()
    {
        lock (_gate)
        {
            return _memberships.NewestFirst();
        }
    }

    public IReadOnlyList<DeadLetter> DeadLetters()
    {
        lock (_gate)
        {
            return _deadLetters.NewestFirst();
        }
    }

    /// <summary>Where a reader begins who wants only what comes.</summary>
    public JournalCursor AtEnd()
    {
        lock (_gate)
        {
            return new JournalCursor(_next, [.. _end]);
        }
    }

    /// <summary>Where a reader goes on who has come that far.</summary>
    /// <param name="hasGap">Something behind that position is no longer here, or the topics are others.</param>
    public JournalCursor Behind(long[] position, out bool hasGap)
    {
        lock (_gate)
        {
            hasGap = position.Length != _begin.Length;
            for (var place = 0; place < _begin.Length && !hasGap; place++)
            {
                hasGap = position[place] < _begin[place];
            }

            return new JournalCursor(_first, hasGap ? [.. _begin] : position);
        }
    }

    /// <summary>The next items of a reader, at most so many.</summary>
    /// <param name="hasGap">The reader was too slow: what it would have had next is gone.</param>
    public int Read(JournalCursor cursor, Span<FeedItem> into, out bool hasGap)
    {
        lock (_gate)
        {
            // The topics are followed anew, and are others, or the ring has gone round.
            hasGap = cursor.Next < _first || cursor.Position.Length != _begin.Length;
            cursor.Position = cursor.Position.Length == _begin.Length ? cursor.Position : [.. _begin];
            cursor.Next = Math.Max(cursor.Next, _first);
            var count = 0;
            for (; count < into.Length && cursor.Next < _next; cursor.Next++)
            {
                var item = _ring[cursor.Next % ItemsMax];
                if (item.Offset < cursor.Position[item.Place])
                {
                    continue;
                }

                into[count++] = item;
            }

            return count;
        }
    }

    /// <summary>Completes when there is something behind the cursor.</summary>
    public Task Grown(JournalCursor cursor)
    {
        lock (_gate)
        {
            if (cursor.Next < _next)
            {
                return Task.CompletedTask;
            }

            if (_grown.Task.IsCompleted)
            {
                _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _grown.Task;
        }
    }

    /// <returns>False: nothing for the streams. A provisional pane changes yet, and what at-least-once repeats has been there.</returns>
    private bool TryKeep(object output)
    {
        switch (output)
        {
            case CartAbandoned trigger when _seen.Add((trigger.TriggerId, trigger.Kind, null)):
                Forget(_triggers.Add(trigger));
                Flows.Add(trigger);
                return true;
            case SuppressedTrigger suppressed when _seen.Add((suppressed.Trigger.TriggerId, suppressed.Trigger.Kind, suppressed.Reason)):
                Forget(_triggers.Add(suppressed));
                Flows.Add(suppressed);
                return true;
            case MembershipChange change:
                _memberships.Add(change);
                Flows.Add(change);
                return true;
            case DeadLetter letter:
                _deadLetters.Add(letter);
                return true;
            case ConversionPane pane:
                Panes.Add(pane);
                return pane.Final;
            default:
                return false;
        }
    }

    private void Forget(object? evicted) => _ = evicted switch
    {
        CartAbandoned trigger => _seen.Remove((trigger.TriggerId, trigger.Kind, null)),
        SuppressedTrigger suppressed => _seen.Remove((suppressed.Trigger.TriggerId, suppressed.Trigger.Kind, suppressed.Reason)),
        _ => false,
    };
}

/// <summary>How far one reader of the journal has come.</summary>
internal sealed class JournalCursor(long next, long[] position)
{
    public long Next { get; set; } = next;

    /// <summary>Of each place the offset behind the last record that the reader has: what lies before it is not given again.</summary>
    public long[] Position { get; set; } = position;
}
