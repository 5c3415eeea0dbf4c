using System.Runtime.InteropServices;
using StreamSegmenter.Customers;
using StreamSegmenter.Events;

namespace StreamSegmenter.Aggregates;

/// <summary>Where a customer stands in a sequence, in a section of the record:
/// <code>
/// section := latest completion i64, 0 for none · matches given up i64 · entries
/// entry   := hash of the shared field i64 · time of the first step i64 · steps taken i64
/// </code>
/// An entry is a match that has begun. Of entries that took equally many steps with the same field the one that began last can do all that
/// the others can, so only that is kept, unless the end of the sequence is an absence: then each completes at an instant of its own.
/// An event takes the place of a step or is what must not come, never both for one match; a sequence that an absence completes is complete at
/// first step + within, before an event of that instant is looked at. Bound: <see cref="EntriesMax"/> matches; then the one that began first
/// is given up and counted.</summary>
internal static class SequenceMatches
{
    public const int EntriesMax = 64;

    private const int HeadWords = 2;
    private const int Stride = 3;
    private static long _givenUp;

    /// <summary>Matches given up in this process since it started.</summary>
    public static long GivenUp => Interlocked.Read(ref _givenUp);

    /// <summary>Folds an event in; true when something changed.</summary>
    /// <param name="nowMs">The event's instant; of an event that can no longer be put in its place, that of its arrival.</param>
    public static bool Fold(CustomerRecord record, ushort id, SequenceSpec spec, in StorefrontEvent e, EventBatch batch, long nowMs)
    {
        var taken = Taken(spec, in e, batch, record);
        if (taken == 0)
        {
            return false;
        }

        Span<long> buffer = stackalloc long[HeadWords + ((EntriesMax + 1) * Stride)];
        var matches = new Matches(buffer, Words(record, id));
        matches.LetPass(spec, nowMs);
        if (spec.Same.Kind == FieldKind.None)
        {
            matches.Take(spec, taken, 0, nowMs);
        }
        else if (spec.Same.Kind == FieldKind.ProductId && !e.Lines.IsEmpty)
        {
            var lines = batch.Lines(in e);
            while (lines.Read())
            {
                if (!lines.ProductId.IsEmpty)
                {
                    matches.Take(spec, taken, unchecked((long)KeyHash.Of(lines.ProductId)), nowMs);
                }
            }
        }
        else if (spec.Same.ReadText(in e, batch) is { IsEmpty: false } text)
        {
            matches.Take(spec, taken, unchecked((long)KeyHash.Of(text)), nowMs);
        }

        matches.Store(record, id);
        return true;
    }

    /// <summary>The latest completion up to an instant, 0 for none, and the next one behind it that time alone brings.</summary>
    public static (long LastMs, long NextMs, int Open, long GivenUp) Read(CustomerRecord record, ushort id, SequenceSpec spec, long nowMs)
    {
        var words = Words(record, id);
        if (words.IsEmpty)
        {
            return (0, long.MaxValue, 0, 0);
        }

        var (lastMs, nextMs, open) = (words[0], long.MaxValue, 0);
        for (var at = HeadWords; at < words.Length; at += Stride)
        {
            var endMs = words[at + 1] + spec.WithinMs;
            open += endMs > nowMs ? 1 : 0;
            if (spec.EndsInAbsence && words[at + 2] == spec.Steps.Count)
            {
                lastMs = endMs <= nowMs ? Math.Max(lastMs, endMs) : lastMs;
                nextMs = endMs > nowMs ? Math.Min(nextMs, endMs) : nextMs;
            }
        }

        return (lastMs, nextMs, open, words[1]);
    }

    // Bit i: the event may be step i. Bit 16 + i: it must not come behind step i.
    private static uint Taken(SequenceSpec spec, in StorefrontEvent e, EventBatch batch, CustomerRecord record)
    {
        var taken = 0u;
        for (var i = 0; i < spec.Steps.Count; i++)
        {
            taken |= spec.Steps[i].Accepts(in e, batch, record) ? 1u << i : 0;
            foreach (var absent in spec.NotAfter[i])
            {
                taken |= absent.Accepts(in e, batch, record) ? 1u << (16 + i) : 0;
            }
        }

        return taken;
    }

    private static Span<long> Words(CustomerRecord record, ushort id) => MemoryMarshal.Cast<byte, long>(record.Section(SectionKind.Aggregate, id));

    /// <summary>A copy of the section to work on.</summary>
    private ref struct Matches
    {
        private readonly Span<long> _words;
        private int _length;

        public Matches(Span<long> words, ReadOnlySpan<long> stored)
        {
            _words = words;
            stored.CopyTo(words);
            _length = Math.Max(stored.Length, HeadWords);
            words[stored.Length.._length].Clear();
        }

        /// <summary>Completes what an absence has completed, and drops what can no longer be completed.</summary>
        public void LetPass(SequenceSpec spec, long nowMs)
        {
            for (var at = _length - Stride; at >= HeadWords; at -= Stride)
            {
                var endMs = _words[at + 1] + spec.WithinMs;
                if (endMs > nowMs)
                {
                    continue;
                }

                if (spec.EndsInAbsence && _words[at + 2] == spec.Steps.Count)
                {
                    _words[0] = Math.Max(_words[0], endMs);
                }

                RemoveAt(at);
            }
        }

        public void Take(SequenceSpec spec, uint taken, long key, long nowMs)
        {
            // Entries that the event itself makes stand behind these and are not looked at.
            Span<(long StartMs, int Steps)> made = stackalloc (long, int)[EntriesMax + 1];
            var count = 0;
            for (var at = _length - Stride; at >= HeadWords; at -= Stride)
            {
                if (_words[at] != key)
                {
                    continue;
                }

                var (startMs, steps) = (_words[at + 1], (int)_words[at + 2]);
                if (steps < spec.Steps.Count && (taken & (1u << steps)) != 0)
                {
                    made[count++] = (startMs, steps + 1);
                }

                if ((taken & (1u << (16 + steps - 1))) != 0)
                {
                    RemoveAt(at);
                }
            }

            if ((taken & 1) != 0)
            {
                made[count++] = (nowMs, 1);
            }

            foreach (var (startMs, steps) in made[..count])
            {
                Add(spec, key, startMs, steps, nowMs);
            }
        }

        private void Add(SequenceSpec spec, long key, long startMs, int steps, long nowMs)
        {
            if (steps == spec.Steps.Count && !spec.EndsInAbsence)
            {
                _words[0] = Math.Max(_words[0], nowMs);
                return;
            }

            for (var at = HeadWords; at < _length; at += Stride)
            {
                if (_words[at] == key && _words[at + 2] == steps && (!spec.EndsInAbsence || _words[at + 1] == startMs))
                {
                    _words[at + 1] = Math.Max(_words[at + 1], startMs);
                    return;
                }
            }

            if (_length == HeadWords + (EntriesMax * Stride))
            {
                RemoveFirst();
            }

            (_words[_length], _words[_length + 1], _words[_length + 2]) = (key, startMs, steps);
            _length += Stride;
        }

        private void RemoveFirst()
        {
            var first = HeadWords;
            for (var at = HeadWords + Stride; at < _length; at += Stride)
            {
                first = _words[at + 1] < _words[first + 1] ? at : first;
            }

            RemoveAt(first);
            _words[1]++;
            Interlocked.Increment(ref _givenUp);
        }

        private void RemoveAt(int at)
        {
            _words[(at + Stride).._length].CopyTo(_words[at..]);
            _length -= Stride;
        }

        public readonly void Store(CustomerRecord record, ushort id)
        {
            var isEmpty = _length == HeadWords && _words[0] == 0 && _words[1] == 0;
            var section = record.ResizeSection(SectionKind.Aggregate, id, isEmpty ? 0 : _length * sizeof(long));
            if (!isEmpty)
            {
                _words[.._length].CopyTo(MemoryMarshal.Cast<byte, long>(section));
            }
        }
    }
}
