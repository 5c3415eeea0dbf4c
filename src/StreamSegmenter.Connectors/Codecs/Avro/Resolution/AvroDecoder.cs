using System.Text.Json;
using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Binary;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// Reads data written with one schema as another, by the specification's rules of schema resolution. Compiled once for a pair
/// of schemas, then immutable and safe to share between threads; decoding allocates nothing.
/// </summary>
internal sealed class AvroDecoder
{
    private readonly ResolvedNode _root;
    private readonly Dictionary<string, int> _slotOfPath;

    private AvroDecoder(AvroSchema writer, AvroSchema reader, ResolvedNode root, ResolvedSlots slots)
    {
        Writer = writer;
        Reader = reader;
        _root = root;
        _slotOfPath = slots.OfPath;
        Slots = [.. slots.All];
    }

    public AvroSchema Writer { get; }

    public AvroSchema Reader { get; }

    /// <summary>The reader's fields by slot: first those of the top-level record in its order, then nested ones.</summary>
    public IReadOnlyList<AvroSlot> Slots { get; }

    /// <summary>The slot of a dotted path, −1 when the reader's schema has no such field.</summary>
    public int SlotOf(string path) => _slotOfPath.GetValueOrDefault(path, -1);

    /// <summary>False when the two schemas cannot be reconciled whatever the data; <paramref name="error"/> then says where
    /// and why.</summary>
    public static bool TryCompile(
        AvroSchema writer,
        AvroSchema reader,
        AvroNameMatching names,
        out AvroDecoder? decoder,
        out AvroResolutionError error)
    {
        var slots = new ResolvedSlots();
        var compiler = new ResolutionCompiler(writer, reader, slots, names);
        ResolvedNode? root = compiler.Compile();
        error = compiler.Error;
        decoder = root is null ? null : new AvroDecoder(writer, reader, root, slots);
        return root is not null;
    }

    /// <summary>A decoder for data that is read as it was written.</summary>
    public static bool TryCompile(AvroSchema schema, out AvroDecoder? decoder, out AvroResolutionError error) =>
        TryCompile(schema, schema, AvroNameMatching.Specification, out decoder, out error);

    /// <summary>
    /// Decodes exactly one value that fills <paramref name="data"/>. On false the sink holds a part of it and
    /// <paramref name="error"/> says what is wrong with the data.
    /// </summary>
    public bool TryDecode<TSink>(ReadOnlySpan<byte> data, ref TSink sink, out AvroError error)
        where TSink : struct, IAvroSink, allows ref struct
    {
        var reader = new AvroReader(data);
        if (!ResolvedInterpreter.Run(_root, ref reader, ref sink))
        {
            error = reader.Error;
            return false;
        }

        error = reader.Remaining == 0 ? default : new AvroError(AvroFault.TrailingBytes, reader.Position);
        return reader.Remaining == 0;
    }

    /// <summary>Decodes the next value; the reader then stands behind it.</summary>
    public bool TryDecode<TSink>(ref AvroReader reader, ref TSink sink, out AvroError error)
        where TSink : struct, IAvroSink, allows ref struct
    {
        bool decoded = ResolvedInterpreter.Run(_root, ref reader, ref sink);
        error = decoded ? default : reader.Error;
        return decoded;
    }
}

/// <summary>
/// A field of the reader's schema as a sink sees it. <see cref="Path"/> is dotted from the top-level record; <c>[]</c> marks the
/// way through an array's items and <c>{}</c> through a map's values, as in <c>cart.lines[].productId</c>.
/// </summary>
internal sealed record AvroSlot(string Path, Schema Schema, JsonEncodedText Name);
