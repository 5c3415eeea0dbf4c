using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>What the rules ask of a syntax tree.</summary>
internal static class Syntax
{
    /// <summary>"path:line", as an editor can follow it.</summary>
    public static string Place(this SyntaxToken token)
    {
        FileLinePositionSpan span = token.GetLocation().GetLineSpan();
        return $"{span.Path}:{span.StartLinePosition.Line + 1}";
    }

    public static bool IsStringLiteral(this SyntaxToken token) =>
        token.IsKind(SyntaxKind.StringLiteralToken) || token.IsKind(SyntaxKind.InterpolatedStringTextToken);

    /// <summary>Places where the dotted name is written out, in a using directive or in code; comments and strings do not count.</summary>
    public static IEnumerable<SyntaxToken> Mentions(this SyntaxNode root, string dottedName)
    {
        string[] parts = dottedName.Split('.');
        foreach (SyntaxToken token in root.DescendantTokens())
        {
            if (token.ValueText == parts[0] && !token.IsStringLiteral() && Continues(token, parts))
            {
                yield return token;
            }
        }
    }

    /// <summary>Methods, local functions, constructors, operators and accessors with a body, with their length in lines, signature included.</summary>
    public static IEnumerable<(SyntaxToken Name, int Lines)> Methods(this SyntaxNode root)
    {
        foreach (SyntaxNode node in root.DescendantNodes())
        {
            SyntaxToken? name = node switch
            {
                MethodDeclarationSyntax method => method.Identifier,
                LocalFunctionStatementSyntax function => function.Identifier,
                ConstructorDeclarationSyntax constructor => constructor.Identifier,
                DestructorDeclarationSyntax destructor => destructor.Identifier,
                OperatorDeclarationSyntax @operator => @operator.OperatorToken,
                ConversionOperatorDeclarationSyntax conversion => conversion.OperatorKeyword,
                AccessorDeclarationSyntax accessor => accessor.Keyword,
                PropertyDeclarationSyntax { ExpressionBody: not null } property => property.Identifier,
                _ => null,
            };
            if (name is { } found)
            {
                // The span leaves out leading comments: a long contract does not make a long method.
                FileLinePositionSpan span = node.GetLocation().GetLineSpan();
                yield return (found, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
            }
        }
    }

    private static bool Continues(SyntaxToken token, string[] parts)
    {
        for (int part = 1; part < parts.Length; part++)
        {
            SyntaxToken dot = token.GetNextToken();
            token = dot.GetNextToken();
            if (!dot.IsKind(SyntaxKind.DotToken) || token.ValueText != parts[part])
            {
                return false;
            }
        }

        return true;
    }
}
