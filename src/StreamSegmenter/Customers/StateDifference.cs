using System.Runtime.InteropServices;

namespace StreamSegmenter.Customers;

/// <summary>An earlier state of a customer, written as its difference from the present one. What an event changes is a few numbers, most
/// of them by little, so the difference takes a fraction of the state itself.
/// <code>
/// difference := length of the earlier state · words(header and aggregate area) · sections, in the order of the earlier state
/// section    := kind · id · length · words(as far as the present section goes) · the bytes behind
/// words      := ( count of equal words · difference of the next ) … · count of equal words up to the end
/// </code>
/// A word is 8 bytes, the last one may be shorter; all numbers are <see cref="Varint"/>s, differences zigzag-coded.</summary>
internal static class StateDifference
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>No difference of a state of that length is longer.</summary>
    public static int BytesMax(int earlierLength) => (earlierLength * 2) + 64;

    /// <summary>Writes the difference; returns its length.</summary>
    /// <param name="fixedLength">Of header and aggregate area, equal in both.</param>
    public static int Write(ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> present, int fixedLength, Span<byte> to)
    {
        var rest = to;
        Varint.Write(ref rest, (ulong)earlier.Length);
        WriteWords(earlier[..fixedLength], present[..fixedLength], ref rest);
        var hint = fixedLength;
        for (var at = fixedLength; at < earlier.Length;)
        {
            var section = RecordSection.At(earlier, at);
            Varint.Write(ref rest, section.Kind);
            Varint.Write(ref rest, section.Id);
            Varint.Write(ref rest, (ulong)section.Length);
            var payload = section.PayloadIn(earlier);
            var now = Find(present, fixedLength, section.Key, ref hint);
            var common = Math.Min(payload.Length, now.Length);
            WriteWords(payload[..common], now[..common], ref rest);
            payload[common..].CopyTo(rest);
            rest = rest[(payload.Length - common)..];
            at = section.End;
        }

        return to.Length - rest.Length;
    }

    /// <summary>The length of the earlier state.</summary>
    public static int EarlierLength(ReadOnlySpan<byte> difference) => (int)Varint.Read(ref difference);

    /// <summary>Restores the earlier state.</summary>
    /// <param name="to">As long as the earlier state.</param>
    public static void Read(ReadOnlySpan<byte> difference, ReadOnlySpan<byte> present, int fixedLength, Span<byte> to)
    {
        Varint.Read(ref difference);
        ReadWords(ref difference, present[..fixedLength], to);
        var hint = fixedLength;
        for (var at = fixedLength; at < to.Length;)
        {
            var kind = (ushort)Varint.Read(ref difference);
            var id = (ushort)Varint.Read(ref difference);
            var section = new RecordSection(kind, id, at, (int)Varint.Read(ref difference));
            section.WriteHeader(to);
            var payload = to.Slice(section.PayloadStart, section.Length);
            var now = Find(present, fixedLength, section.Key, ref hint);
            var common = Math.Min(payload.Length, now.Length);
            ReadWords(ref difference, now[..common], payload);
            difference[..(payload.Length - common)].CopyTo(payload[common..]);
            difference = difference[(payload.Length - common)..];
            at = section.End;
        }
    }

    private static void WriteWords(scoped ReadOnlySpan<byte> earlier, scoped ReadOnlySpan<byte> present, scoped ref Span<byte> to)
    {
        var a = MemoryMarshal.Cast<byte, ulong>(earlier);
        var b = MemoryMarshal.Cast<byte, ulong>(present);
        while (true)
        {
            var equal = a.CommonPrefixLength(b);
            Varint.Write(ref to, (ulong)equal);
            if (equal == a.Length)
            {
                break;
            }

            Varint.Write(ref to, Varint.ZigZag(unchecked((long)(a[equal] - b[equal]))));
            a = a[(equal + 1)..];
            b = b[(equal + 1)..];
        }

        var tail = earlier.Length % WordBytes;
        if (tail > 0)
        {
            Varint.Write(ref to, Varint.ZigZag(unchecked((long)(Tail(earlier[^tail..]) - Tail(present[^tail..])))));
        }
    }

    private static void ReadWords(scoped ref ReadOnlySpan<byte> difference, scoped ReadOnlySpan<byte> present, scoped Span<byte> to)
    {
        present.CopyTo(to);
        var words = MemoryMarshal.Cast<byte, ulong>(to[..present.Length]);
        while (true)
        {
            words = words[(int)Varint.Read(ref difference)..];
            if (words.IsEmpty)
            {
                break;
            }

            words[0] = unchecked(words[0] + (ulong)Varint.UnZigZag(Varint.Read(ref difference)));
            words = words[1..];
        }

        var tail = present.Length % WordBytes;
        if (tail > 0)
        {
            var word = unchecked(Tail(present[^tail..]) + (ulong)Varint.UnZigZag(Varint.Read(ref difference)));
            MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in word))[..tail].CopyTo(to[(present.Length - tail)..]);
        }
    }

    private static ulong Tail(ReadOnlySpan<byte> bytes)
    {
        ulong word = 0;
        bytes.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref word)));
        return word;
    }

    /// <summary>The payload of a section of the present state; looked for behind the one found last first, where it nearly always is.</summary>
    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> present, int fixedLength, uint key, ref int hint)
    {
        for (var at = hint; at < present.Length;)
        {
            var section = RecordSection.At(present, at);
            at = section.End;
            if (section.Key == key)
            {
                hint = at;
                return section.PayloadIn(present);
            }
        }

        for (var at = fixedLength; at < hint;)
        {
            var section = RecordSection.At(present, at);
            at = section.End;
            if (section.Key == key)
            {
                hint = at;
                return section.PayloadIn(present);
            }
        }

        return default;
    }
}
