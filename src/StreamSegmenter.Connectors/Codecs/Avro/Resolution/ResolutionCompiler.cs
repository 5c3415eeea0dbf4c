using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// Compiles a writer's and a reader's schema into nodes, by the rules of "Schema Resolution" in the specification. Types
/// are expanded by path, so that a nested field has a slot of its own; where a type refers to itself the nodes form a cycle.
/// The number of nodes is bounded, since a few lines of schema can expand to billions.
/// </summary>
internal sealed partial class ResolutionCompiler(AvroSchema source, AvroSchema target, ResolvedSlots slots, AvroNameMatching names)
{
    private const int ItemBytesMinOfMapKey = 1;
    private const int RootSlot = -1;

    private readonly List<(RecordSchema Writer, RecordSchema Reader, ResolvedNode Node)> _open = [];
    private readonly SchemaSizes _sizes = new();
    private int _nodesLeft = AvroLimits.DecoderNodesMax;

    /// <summary>Why the last <see cref="Compile"/> returned null.</summary>
    public AvroResolutionError Error { get; private set; }

    public ResolvedNode? Compile()
    {
        if (target.Record is { } record)
        {
            slots.AddRecord(record, "");
        }

        return Resolve(source.Root, target.Root, new Place(RootSlot, "", IsOutermost: true, Depth: 0));
    }

    /// <summary>Where in the reader's schema the compiler stands.</summary>
    private readonly record struct Place(int Slot, string Path, bool IsOutermost, int Depth)
    {
        public Place Inside(string suffix) => new(Slot, Path + suffix, IsOutermost: false, Depth + 1);
    }

    private ResolvedNode? Resolve(Schema writer, Schema reader, Place at)
    {
        if (--_nodesLeft < 0 || at.Depth > 2 * AvroLimits.NestingMax)
        {
            return Refuse(at, _nodesLeft < 0
                ? $"the schemas expand to more than {AvroLimits.DecoderNodesMax} nested types"
                : $"types nest more than {2 * AvroLimits.NestingMax} levels deep");
        }

        if (writer is UnionSchema written)
        {
            return ResolveWriterUnion(written, reader, at);
        }

        if (reader is UnionSchema read)
        {
            return ResolveReaderUnion(writer, read, at);
        }

        return (writer, reader) switch
        {
            (RecordSchema w, RecordSchema r) => ResolveRecord(w, r, at),
            (EnumSchema w, EnumSchema r) => ResolveEnum(w, r, at),
            (FixedSchema w, FixedSchema r) => ResolveFixed(w, r, at),
            (ArraySchema w, ArraySchema r) =>
                ResolveItems(ResolvedOp.Array, w.ItemSchema, r.ItemSchema, _sizes.BytesMin(w.ItemSchema), at, "[]"),
            (MapSchema w, MapSchema r) =>
                ResolveItems(ResolvedOp.Map, w.ValueSchema, r.ValueSchema, _sizes.BytesMin(w.ValueSchema) + ItemBytesMinOfMapKey, at, "{}"),
            _ => TryPromote(writer.Tag, reader.Tag, out ResolvedOp op)
                ? new ResolvedNode(op, at.Slot)
                : Refuse(at, $"the writer's {writer.DisplayName()} cannot be read as {reader.DisplayName()}"),
        };
    }

    /// <summary>The table of promotions; it holds each primitive type's reading as itself too.</summary>
    private static bool TryPromote(Schema.Type writer, Schema.Type reader, out ResolvedOp op)
    {
        ResolvedOp? found = (writer, reader) switch
        {
            (Schema.Type.Null, Schema.Type.Null) => ResolvedOp.Null,
            (Schema.Type.Boolean, Schema.Type.Boolean) => ResolvedOp.Boolean,
            (Schema.Type.Int, Schema.Type.Int or Schema.Type.Long) => ResolvedOp.Int,
            (Schema.Type.Int, Schema.Type.Float) => ResolvedOp.IntToFloat,
            (Schema.Type.Int, Schema.Type.Double) => ResolvedOp.IntToDouble,
            (Schema.Type.Long, Schema.Type.Long) => ResolvedOp.Long,
            (Schema.Type.Long, Schema.Type.Float) => ResolvedOp.LongToFloat,
            (Schema.Type.Long, Schema.Type.Double) => ResolvedOp.LongToDouble,
            (Schema.Type.Float, Schema.Type.Float or Schema.Type.Double) => ResolvedOp.Float,
            (Schema.Type.Double, Schema.Type.Double) => ResolvedOp.Double,
            (Schema.Type.String or Schema.Type.Bytes, Schema.Type.String) => ResolvedOp.String,
            (Schema.Type.String or Schema.Type.Bytes, Schema.Type.Bytes) => ResolvedOp.Bytes,
            _ => null,
        };
        op = found.GetValueOrDefault();
        return found is not null;
    }

    private ResolvedNode? ResolveItems(
        ResolvedOp op, Schema writer, Schema reader, int itemBytesMin, Place at, string suffix)
    {
        ResolvedNode? item = Resolve(writer, reader, at.Inside(suffix));
        return item is null ? null : new ResolvedNode(op, at.Slot) { Children = [item], Size = itemBytesMin };
    }

    private ResolvedNode? ResolveFixed(FixedSchema writer, FixedSchema reader, Place at)
    {
        if (!NamesMatch(writer, reader))
        {
            return RefuseName(writer, reader, at);
        }

        return writer.Size == reader.Size
            ? new ResolvedNode(ResolvedOp.Fixed, at.Slot) { Size = writer.Size }
            : Refuse(at, $"the writer's {writer.FullName()} has {writer.Size} bytes, the reader's {reader.Size}");
    }

    private ResolvedNode? ResolveEnum(EnumSchema writer, EnumSchema reader, Place at)
    {
        if (!NamesMatch(writer, reader))
        {
            return RefuseName(writer, reader, at);
        }

        int fallback = reader.Default is null ? -1 : reader.Symbols.IndexOf(reader.Default);
        var unknown = new List<string>();
        var ordinals = new int[writer.Symbols.Count];
        for (int i = 0; i < ordinals.Length; i++)
        {
            ordinals[i] = reader.Symbols.IndexOf(writer.Symbols[i]);
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
            Reason = $"{Where(at)}the reader's enum {reader.FullName()} lacks one of "
                + $"{string.Join(", ", unknown.Take(8))}; add it, or give the enum a default",
        };
    }

    private static bool NamesMatch(NamedSchema writer, NamedSchema reader) =>
        writer.Name == reader.Name || Array.IndexOf(reader.Aliases(), writer.FullName()) >= 0;

    private ResolvedNode? RefuseName(NamedSchema writer, NamedSchema reader, Place at) =>
        Refuse(
            at,
            $"the writer's {writer.FullName()} is not the reader's {reader.FullName()}; "
                + $"add the alias '{writer.FullName()}' to the reader's schema if it is meant");

    private ResolvedNode? Refuse(Place at, string reason)
    {
        Error = new AvroResolutionError(at.Path, reason);
        return null;
    }

    private static string Where(Place at) => at.Path.Length == 0 ? "" : at.Path + ": ";
}
