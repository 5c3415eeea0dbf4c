using global::Avro;
using StreamSegmenter.Connectors.Codecs.Avro.Schemas;

namespace StreamSegmenter.Connectors.Codecs.Avro.Resolution;

/// <summary>
/// Unions on either side. A branch that the writer's schema allows and the reader's does not is no error until a value takes it:
/// only when no branch at all can be read are the schemas incompatible.
/// </summary>
internal sealed partial class ResolutionCompiler
{
    private ResolvedNode? ResolveWriterUnion(UnionSchema writer, Schema reader, Place at)
    {
        var branches = new ResolvedNode[writer.Count];
        bool any = false;
        for (int i = 0; i < branches.Length; i++)
        {
            ResolvedNode? branch = Resolve(writer.Schemas[i], reader, at);
            any |= branch is not null;
            branches[i] = branch ?? new ResolvedNode(ResolvedOp.Unresolved, at.Slot) { Reason = $"{Where(at)}{Error.Reason}" };
        }

        return any
            ? new ResolvedNode(ResolvedOp.WriterUnion, at.Slot) { Children = branches }
            : Refuse(at, $"none of the writer's {branches.Length} branches can be read as {reader.DisplayName()}");
    }

    /// <summary>
    /// The first branch that is the writer's type itself, else the first that it can be promoted to. (By the letter of the
    /// specification an int would become a long where that is listed first; all implementations prefer the exact type.)
    /// </summary>
    private ResolvedNode? ResolveReaderUnion(Schema writer, UnionSchema reader, Place at)
    {
        AvroResolutionError nearest = default;
        for (int pass = 0; pass < 3; pass++)
        {
            foreach (Schema branch in reader.Schemas)
            {
                if (Likeness(writer, branch) != pass)
                {
                    continue;
                }

                if (Resolve(writer, branch, at) is { } resolved)
                {
                    return resolved;
                }

                nearest = nearest.Reason is null ? Error : nearest;
            }
        }

        if (nearest.Reason is not null)
        {
            Error = nearest;
            return null;
        }

        return Refuse(
            at,
            $"the writer's {writer.DisplayName()} can be read as none of the reader's {reader.Count} branches");
    }

    /// <summary>0: the same type, by full name where it has one. 1: the same by unqualified name or alias. 2: by promotion.
    /// 3: not at all.</summary>
    private static int Likeness(Schema writer, Schema reader)
    {
        if (writer is NamedSchema written && reader is NamedSchema read)
        {
            return writer.Tag != reader.Tag ? 3 : written.FullName() == read.FullName() ? 0 : NamesMatch(written, read) ? 1 : 3;
        }

        return writer.Tag == reader.Tag ? 0 : TryPromote(writer.Tag, reader.Tag, out _) ? 2 : 3;
    }
}
