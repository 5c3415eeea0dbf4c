using System.Buffers;
using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Connectors.Codecs.Json;

/// <summary>Reads the JSON that storefronts send nearly always: scalars, perhaps in objects, without escapes, in an order that was seen
/// before. Values stay where they are in the record, and each name is compared with the one expected instead of looked up. Whatever is
/// not so simple, bad JSON included, is left to <see cref="JsonObjectWalker"/>, and so is what the mapping decides by the values: both
/// read the same event out of the same record.</summary>
internal sealed class JsonShapeReader(CompiledMapping mapping, MappingUse use)
{
    // Longer records, or more values, are no simple events; the bounds keep every limit of a draft out of reach.
    private const int BytesMax = 8 * 1024;
    private const int EntriesMax = 128;

    // Records of ever new names must not fill the memory: the shapes known by then stay.
    private const int NodesMax = 2_000;

    private static readonly SearchValues<byte> TextEnds = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(i => (byte)i)]);

    private readonly JsonShapeNode _root = JsonShapeNode.Root();
    private readonly DraftEntry[] _entries = new DraftEntry[EntriesMax];
    private int _entryCount;
    private int _nodes;

    /// <summary>The values of the record read last, as its shape numbers them.</summary>
    public ReadOnlySpan<DraftEntry> Entries => _entries.AsSpan(0, _entryCount);

    /// <summary>Whether records of that mapping are read by their shapes: what it reads lies at its place in the record itself.</summary>
    public static bool CanRead(CompiledMapping mapping) =>
        mapping.Unfold.Length == 0 && !mapping.HasJson && mapping.Constants.Length == 0;

    /// <summary>Reads a record that is UTF-8.</summary>
    /// <returns>What its values mean; null when the record is not of the simple kind.</returns>
    public ShapePlan? Read(ReadOnlySpan<byte> json)
    {
        _entryCount = 0;
        var at = SkipBlanks(json, 0);
        if (json.Length > BytesMax || at == json.Length || json[at] != '{')
        {
            return null;
        }

        var node = _root;
        at = SkipBlanks(json, at + 1);
        while (TryReadMember(json, ref at, ref node))
        {
            while (at < json.Length && json[at] == '}' && !node.IsOutermost)
            {
                node = node.Behind(ref _nodes);
                at = SkipBlanks(json, at + 1);
            }

            if (at == json.Length)
            {
                return null;
            }

            if (json[at] != ',')
            {
                return json[at] == '}' && SkipBlanks(json, at + 1) == json.Length ? Saw(node.Plan(mapping)) : null;
            }

            at = SkipBlanks(json, at + 1);
        }

        return null;
    }

    // A member whose value is an object is read together with the first that stands in it.
    private bool TryReadMember(ReadOnlySpan<byte> json, ref int at, ref JsonShapeNode node)
    {
        while (TryReadName(json, ref at, ref node))
        {
            if (json[at] != '{')
            {
                var read = TryReadValue(json, ref at, node);
                at = SkipBlanks(json, at);
                return read;
            }

            if (node.Inside(ref _nodes) is not { } inside)
            {
                return false;
            }

            node = inside;
            at = SkipBlanks(json, at + 1);
        }

        return false;
    }

    // Counted only now: what is left to the walker is counted there.
    private ShapePlan? Saw(ShapePlan? plan)
    {
        if (plan is not null)
        {
            foreach (ref readonly var entry in Entries)
            {
                if (entry.Binding >= 0 && entry.Kind != DraftKind.Null)
                {
                    use.Saw(entry.Binding);
                }
            }
        }

        return plan;
    }

    private bool TryReadName(ReadOnlySpan<byte> json, ref int at, ref JsonShapeNode node)
    {
        var rest = json[at..];
        if (node.Likely is { } likely && rest.StartsWith(likely.QuotedName))
        {
            node = likely;
        }
        else
        {
            if (rest.IsEmpty || rest[0] != '"')
            {
                return false;
            }

            var length = rest[1..].IndexOfAny(TextEnds);
            if (length < 0 || rest[length + 1] != '"' || _nodes >= NodesMax
                || node.Branch(rest[..(length + 2)], mapping, ref _nodes) is not { } branch)
            {
                return false;
            }

            node = branch;
        }

        at = SkipBlanks(json, at + node.QuotedName.Length);
        if (at == json.Length || json[at] != ':')
        {
            return false;
        }

        at = SkipBlanks(json, at + 1);
        return at < json.Length;
    }

    private bool TryReadValue(ReadOnlySpan<byte> json, ref int at, JsonShapeNode node)
    {
        var rest = json[at..];
        var (kind, start, length, end) = (DraftKind.Null, at, 0, at);
        switch (rest[0])
        {
            case (byte)'"':
                length = rest[1..].IndexOfAny(TextEnds);
                if (length < 0 || rest[length + 1] != '"')
                {
                    return false;
                }

                (kind, start, end) = (DraftKind.Text, at + 1, at + length + 2);
                break;
            case (byte)'t' when rest.StartsWith("true"u8):
                (kind, length, end) = (DraftKind.True, 4, at + 4);
                break;
            case (byte)'f' when rest.StartsWith("false"u8):
                (kind, length, end) = (DraftKind.False, 5, at + 5);
                break;
            case (byte)'n' when rest.StartsWith("null"u8):
                end = at + 4;
                break;
            default:
                length = JsonNumber.LengthOf(rest);
                if (length == 0)
                {
                    return false;
                }

                (kind, end) = (DraftKind.Number, at + length);
                break;
        }

        at = end;
        return TryAdd(node, kind, start, length);
    }

    private bool TryAdd(JsonShapeNode node, DraftKind kind, int start, int length)
    {
        if (_entryCount + node.Bindings.Length > EntriesMax)
        {
            return false;
        }

        foreach (var binding in node.Bindings)
        {
            if (binding >= 0 && length > EventDraft.FieldBytesMax)
            {
                return false;
            }

            _entries[_entryCount++] = new DraftEntry(binding, kind, start, 0, length);
        }

        return true;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] <= ' ' && json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }

        return at;
    }
}
