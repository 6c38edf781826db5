namespace Recurrent.Formats.Onnx;

/// <summary><c>Erf</c> and <c>Gelu</c>.</summary>
internal static class ErrorOperators
{
    public static Value Erf(NodeContext context)
    {
        Note(context);
        return ErrorFunction.Erf(Start(context)).Result;
    }

    /// <summary><c>gelu</c>, by the error function or by what <c>approximate</c> puts in its place.</summary>
    public static Value Gelu(NodeContext context)
    {
        Chain x = Start(context);
        string approximate = context.Node.Text("approximate", "none");
        switch (approximate)
        {
            case "none":
                Note(context);
                return ErrorFunction.Gelu(x).Result;
            case "tanh":
                return ErrorFunction.GeluByTanh(x).Result;
            default:
                throw context.Refuse($"approximate: expected none or tanh, found '{approximate}'");
        }
    }

    private static void Note(NodeContext context) =>
        context.Interpreter.Note(ImportNoteKind.Assumed, context.Name, ErrorFunction.Note);

    private static Chain Start(NodeContext context) =>
        new(context, Flows.Complete(context, context.Required(0), "features"), "x");
}
