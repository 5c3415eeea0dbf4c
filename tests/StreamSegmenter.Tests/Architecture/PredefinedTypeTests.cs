using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>C#'s own types go by their keywords. Of the rules in .editorconfig it is the one (IDE0049) that a build does not enforce.</summary>
public sealed class PredefinedTypeTests
{
    private static readonly Dictionary<string, string> Keywords = new()
    {
        ["Boolean"] = "bool", ["Byte"] = "byte", ["SByte"] = "sbyte", ["Char"] = "char", ["Decimal"] = "decimal", ["Double"] = "double",
        ["Single"] = "float", ["Int16"] = "short", ["Int32"] = "int", ["Int64"] = "long", ["UInt16"] = "ushort", ["UInt32"] = "uint",
        ["UInt64"] = "ulong", ["Object"] = "object", ["String"] = "string",
    };

    private static readonly string[] Folders = ["src", "tests", "perf", "samples"];

    [Fact]
    public void Predefined_types_go_by_their_keywords() =>
        Rule.Holds(Folders.SelectMany(RepositoryTree.SourceFiles).SelectMany(Breaches));

    [Theory]
    [InlineData("class C { String _s; }")]
    [InlineData("class C { void F(Int32 x) { } }")]
    [InlineData("class C { System.Int64 F() => 1; }")]
    [InlineData("class C { System.Collections.Generic.List<Double?> F() => []; }")]
    [InlineData("class C { object F(object o) => (Boolean)o; }")]
    [InlineData("class C { string F() => String.Empty; }")]
    [InlineData("class C { string F() => System.String.Empty; }")]
    [InlineData("/// <summary><see cref=\"Object\"/></summary>\nclass C;")]
    public void A_framework_name_is_found(string code) => Assert.Single(Breaches(RepositoryTree.Parse("A.cs", code)));

    [Theory]
    [InlineData("enum Kind { String, Double }")]
    [InlineData("class C { Kind F() => Kind.String; }")]
    [InlineData("class C { object F() => Avro.Double.Zero; }")]
    [InlineData("class C { Avro.String _s; }")]
    [InlineData("class C { int Decimal() => this.Decimal(); }")]
    [InlineData("class C { string F() => \"String.Empty\"; }")]
    public void Other_things_of_that_name_are_not(string code) => Assert.Empty(Breaches(RepositoryTree.Parse("A.cs", code)));

    private static IEnumerable<string> Breaches(SourceFile file) =>
        from name in file.Syntax.DescendantNodes(descendIntoTrivia: true).OfType<IdentifierNameSyntax>()
        where Keywords.ContainsKey(name.Identifier.ValueText) && IsType(name)
        select $"{name.Identifier.Place()}: '{name}' is '{Keywords[name.Identifier.ValueText]}'";

    private static bool IsType(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access => access.Expression == name || access.Expression.ToString() == "System",
        QualifiedNameSyntax qualified => qualified.Right == name && qualified.Left.ToString() == "System",
        NameMemberCrefSyntax => true,
        _ => SyntaxFacts.IsInTypeOnlyContext(name),
    };
}
