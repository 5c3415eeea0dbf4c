using System.Text.Json;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// A field of the reader's schema as a sink sees it. <see cref="Path"/> is dotted from the top-level record; <c>[]</c> marks the
/// way through an array's items and <c>{}</c> through a map's values, as in <c>cart.lines[].productId</c>.
/// </summary>
internal sealed record AvroSlot(string Path, AvroSchema Schema, JsonEncodedText Name);
