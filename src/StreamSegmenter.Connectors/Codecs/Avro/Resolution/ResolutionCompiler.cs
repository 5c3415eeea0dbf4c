using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// Compiles a writer's and a reader's schema into nodes, by the rules of "Schema Resolution" in the specification. Types
/// are expanded by path, so that a nested field has a slot of its own; where a type refers to itself the nodes form a cycle.
/// The number of nodes is bounded, since a few lines of schema can expand to billions.
/// </summary>
internal sealed partial class ResolutionCompiler(ResolvedSlots slots, AvroNameMatching names)
{
    private const int ItemBytesMinOfMapKey = 1;
    private const int RootSlot = -1;

    private readonly Dictionary<(AvroSchema Writer, AvroSchema Reader), ResolvedNode> _open = [];
    private int _nodesLeft = AvroLimits.DecoderNodesMax;

    /// <summary>Why the last <see cref="Compile"/> returned null.</summary>
    public AvroResolutionError Error { get; private set; }

    public ResolvedNode? Compile(AvroSchema writer, AvroSchema reader)
    {
        if (reader is AvroRecordSchema record)
        {
            slots.AddRecord(record, "");
        }

        return Resolve(writer, reader, new Place(RootSlot, "", IsOutermost: true, Depth: 0));
    }

    /// <summary>Where in the reader's schema the compiler stands.</summary>
    private readonly record struct Place(int Slot, string Path, bool IsOutermost, int Depth)
    {
        public Place Inside(string suffix) => new(Slot, Path + suffix, IsOutermost: false, Depth + 1);
    }

    private ResolvedNode? Resolve(AvroSchema writer, AvroSchema reader, Place at)
    {
        if (--_nodesLeft < 0 || at.Depth > 2 * AvroLimits.NestingMax)
        {
            return Refuse(at, _nodesLeft < 0
                ? $"the schemas expand to more than {AvroLimits.DecoderNodesMax} nested types"
                : $"types nest more than {2 * AvroLimits.NestingMax} levels deep");
        }

        if (writer is AvroUnionSchema written)
        {
            return ResolveWriterUnion(written, reader, at);
        }

        if (reader is AvroUnionSchema read)
        {
            return ResolveReaderUnion(writer, read, at);
        }

        return (writer, reader) switch
        {
            (AvroRecordSchema w, AvroRecordSchema r) => ResolveRecord(w, r, at),
            (AvroEnumSchema w, AvroEnumSchema r) => ResolveEnum(w, r, at),
            (AvroFixedSchema w, AvroFixedSchema r) => ResolveFixed(w, r, at),
            (AvroArraySchema w, AvroArraySchema r) =>
                ResolveItems(ResolvedOp.Array, w.Items, r.Items, w.Items.EncodedBytesMin, at, "[]"),
            (AvroMapSchema w, AvroMapSchema r) =>
                ResolveItems(ResolvedOp.Map, w.Values, r.Values, w.Values.EncodedBytesMin + ItemBytesMinOfMapKey, at, "{}"),
            _ => TryPromote(writer.Type, reader.Type, out ResolvedOp op)
                ? new ResolvedNode(op, at.Slot)
                : Refuse(at, $"the writer's {writer.DisplayName} cannot be read as {reader.DisplayName}"),
        };
    }

    /// <summary>The table of promotions; it holds each primitive type's reading as itself too.</summary>
    private static bool TryPromote(AvroType writer, AvroType reader, out ResolvedOp op)
    {
        ResolvedOp? found = (writer, reader) switch
        {
            (AvroType.Null, AvroType.Null) => ResolvedOp.Null,
            (AvroType.Boolean, AvroType.Boolean) => ResolvedOp.Boolean,
            (AvroType.Int, AvroType.Int or AvroType.Long) => ResolvedOp.Int,
            (AvroType.Int, AvroType.Float) => ResolvedOp.IntToFloat,
            (AvroType.Int, AvroType.Double) => ResolvedOp.IntToDouble,
            (AvroType.Long, AvroType.Long) => ResolvedOp.Long,
            (AvroType.Long, AvroType.Float) => ResolvedOp.LongToFloat,
            (AvroType.Long, AvroType.Double) => ResolvedOp.LongToDouble,
            (AvroType.Float, AvroType.Float or AvroType.Double) => ResolvedOp.Float,
            (AvroType.Double, AvroType.Double) => ResolvedOp.Double,
            (AvroType.String or AvroType.Bytes, AvroType.String) => ResolvedOp.String,
            (AvroType.String or AvroType.Bytes, AvroType.Bytes) => ResolvedOp.Bytes,
            _ => null,
        };
        op = found.GetValueOrDefault();
        return found is not null;
    }

    private ResolvedNode? ResolveItems(
        ResolvedOp op, AvroSchema writer, AvroSchema reader, int itemBytesMin, Place at, string suffix)
    {
        ResolvedNode? item = Resolve(writer, reader, at.Inside(suffix));
        return item is null ? null : new ResolvedNode(op, at.Slot) { Children = [item], Size = itemBytesMin };
    }

    private ResolvedNode? ResolveFixed(AvroFixedSchema writer, AvroFixedSchema reader, Place at)
    {
        if (!NamesMatch(writer, reader))
        {
            return RefuseName(writer, reader, at);
        }

        return writer.SizeBytes == reader.SizeBytes
            ? new ResolvedNode(ResolvedOp.Fixed, at.Slot) { Size = writer.SizeBytes }
            : Refuse(at, $"the writer's {writer.Name} has {writer.SizeBytes} bytes, the reader's {reader.SizeBytes}");
    }

    private ResolvedNode? ResolveEnum(AvroEnumSchema writer, AvroEnumSchema reader, Place at)
    {
        if (!NamesMatch(writer, reader))
        {
            return RefuseName(writer, reader, at);
        }

        int fallback = reader.DefaultSymbol is null ? -1 : reader.IndexOf(reader.DefaultSymbol);
        var unknown = new List<string>();
        var ordinals = new int[writer.Symbols.Count];
        for (int i = 0; i < ordinals.Length; i++)
        {
            ordinals[i] = reader.IndexOf(writer.Symbols[i]);
            if (ordinals[i] < 0)
            {
                ordinals[i] = fallback;
                unknown.Add(writer.Symbols[i]);
            }
        }

        return new ResolvedNode(ResolvedOp.Enum, at.Slot)
        {
            Ordinals = ordinals,
            Symbols = [.. reader.Symbols.Select(System.Text.Encoding.ASCII.GetBytes)],
            Reason = $"{Where(at)}the reader's enum {reader.Name} lacks one of "
                + $"{string.Join(", ", unknown.Take(8))}; add it, or give the enum a default",
        };
    }

    private static bool NamesMatch(AvroNamedSchema writer, AvroNamedSchema reader)
    {
        if (writer.Name.Simple == reader.Name.Simple)
        {
            return true;
        }

        foreach (AvroName alias in reader.Aliases)
        {
            if (alias == writer.Name)
            {
                return true;
            }
        }

        return false;
    }

    private ResolvedNode? RefuseName(AvroNamedSchema writer, AvroNamedSchema reader, Place at) =>
        Refuse(
            at,
            $"the writer's {writer.Name} is not the reader's {reader.Name}; "
                + $"add the alias '{writer.Name}' to the reader's schema if it is meant");

    private ResolvedNode? Refuse(Place at, string reason)
    {
        Error = new AvroResolutionError(at.Path, reason);
        return null;
    }

    private static string Where(Place at) => at.Path.Length == 0 ? "" : at.Path + ": ";
}
