using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// <c>Erf</c> and <c>Gelu</c>, as layers that there are: the error function is <c>1 - (a1 t + ... + a5 t^5) exp(-x^2)</c>,
/// <c>t = 1 / (1 + p x)</c>, for <c>x</c> above 0, within 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).
/// </summary>
internal static class ErrorFunction
{
    private const float P = 0.3275911f;

    // Beyond this the function is 1 in every digit.
    private const float Largest = 10;

    // So large a factor makes a sign of every number that counts.
    private const float Sign = 1e30f;

    // From the highest power down.
    private static readonly float[] Coefficients = [1.061405429f, -1.453152027f, 1.421413741f, -0.284496736f, 0.254829592f];

    public static Value Erf(NodeContext context) => Erf(context, Start(context), "erf").Result;

    /// <summary><c>x / 2 * (1 + erf(x / sqrt(2)))</c>, or what <c>approximate</c> puts in its place.</summary>
    public static Value Gelu(NodeContext context)
    {
        FlowValue x = Start(context);
        string approximate = context.Node.Text("approximate", "none");
        Chain inner = approximate switch
        {
            "none" => Erf(context, Begin(context, x, "scaled").Then(Activation.Affine((float)Math.Sqrt(0.5))).Result, "erf"),
            "tanh" => Tanh(context, x),
            _ => throw context.Refuse($"approximate: expected none or tanh, found '{approximate}'"),
        };
        return inner.Then(Activation.Affine(0.5f, 0.5f)).Times(Begin(context, x, "x")).Result;
    }

    private static Chain Erf(NodeContext context, FlowValue data, string name)
    {
        context.Interpreter.Note(
            ImportNoteKind.Assumed, context.Name, "the error function becomes a formula that is right within 4.5e-7");
        FlowValue x = Begin(context, data, $"{name}.range").Then(Activation.Clip(-Largest, Largest)).Result;
        Chain t = Begin(context, x, $"{name}.t").Then(Activation.Affine(P)).Then(Activation.Softsign)
            .Then(Activation.LeakyRelu(-1)).Then(Activation.Affine(-1, 1));
        Chain sum = Begin(context, t.Result, $"{name}.sum").Then(Activation.Affine(Coefficients[0], Coefficients[1]));
        foreach (float coefficient in Coefficients[2..])
        {
            sum = sum.Times(t).Then(Activation.Affine(1, coefficient));
        }

        // Of a number below 0 the exponential linear unit is exp - 1.
        Chain bell = Begin(context, x, $"{name}.bell").Times(Begin(context, x, "x")).Then(Activation.Affine(-1))
            .Then(Activation.Elu()).Then(Activation.Affine(1, 1));
        Chain sign = Begin(context, x, $"{name}.sign").Then(Activation.Affine(Sign)).Then(Activation.Clip(-1, 1));
        return sum.Times(t).Times(bell).Then(Activation.Affine(-1, 1)).Times(sign);
    }

    /// <summary><c>tanh(sqrt(2 / pi) (x + 0.044715 x^3))</c>.</summary>
    private static Chain Tanh(NodeContext context, FlowValue x)
    {
        Chain square = Begin(context, x, "square").Times(Begin(context, x, "x"));
        return square.Then(Activation.Affine(0.044715f, 1)).Times(Begin(context, x, "x"))
            .Then(Activation.ScaledTanh(1, (float)Math.Sqrt(2 / Math.PI)));
    }

    private static FlowValue Start(NodeContext context) => Flows.Complete(context, context.Required(0), "features");

    private static Chain Begin(NodeContext context, FlowValue flow, string name) => new(context, flow, name);
}
