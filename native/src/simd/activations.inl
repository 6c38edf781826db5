// The activations of a layer (docs/activations.md), one formula each over math.inl. Included inside
// a per-instruction-set namespace, after math.inl; the including file has included
// <recurrent/recurrent.h> before the namespace.

RECURRENT_INLINE Vec relu(Vec x) { return zero_where(lt(x, Vec::zero()), x); }

RECURRENT_INLINE Vec leaky_relu(Vec alpha, Vec x) {
  return select(lt(x, Vec::zero()), mul(alpha, x), x);
}

RECURRENT_INLINE Vec thresholded_relu(Vec alpha, Vec x) {
  return select(ge(x, alpha), x, select(is_nan(x), x, Vec::zero()));
}

RECURRENT_INLINE Vec affine(Vec alpha, Vec beta, Vec x) { return fma(alpha, x, beta); }

RECURRENT_INLINE Vec hard_sigmoid(Vec alpha, Vec beta, Vec x) {
  const Vec one = constant(1.0f);
  const Vec t = affine(alpha, beta, x);
  return select(gt(t, one), one, zero_where(lt(t, Vec::zero()), t));
}

RECURRENT_INLINE Vec scaled_tanh(Vec alpha, Vec beta, Vec x) {
  return mul(alpha, tanh(mul(beta, x)));
}

RECURRENT_INLINE Vec elu(Vec alpha, Vec x) {
  return select(lt(x, Vec::zero()), mul(alpha, expm1(x)), x);
}

RECURRENT_INLINE Vec softsign(Vec x) { return div(x, add(constant(1.0f), abs(x))); }

// The logarithm's argument is a NaN where x is, so that the maximum need not care.
RECURRENT_INLINE Vec softplus(Vec x) {
  return add(at_least(Vec::zero(), x), log1p(exp(neg(abs(x)))));
}

RECURRENT_INLINE Vec clip(Vec alpha, Vec beta, Vec x) {
  return select(lt(x, alpha), alpha, select(gt(x, beta), beta, x));
}

// alpha and beta are read by those kinds that have them; kind is one of RECURRENT_ACTIVATION_*
// (checked by the caller).
RECURRENT_INLINE Vec apply_activation(int32_t kind, float alpha, float beta, Vec x) {
  const Vec a = Vec::broadcast(alpha);
  const Vec b = Vec::broadcast(beta);
  switch (kind) {
    case RECURRENT_ACTIVATION_TANH:
      return tanh(x);
    case RECURRENT_ACTIVATION_SIGMOID:
      return sigmoid(x);
    case RECURRENT_ACTIVATION_RELU:
      return relu(x);
    case RECURRENT_ACTIVATION_HARD_SIGMOID:
      return hard_sigmoid(a, b, x);
    case RECURRENT_ACTIVATION_AFFINE:
      return affine(a, b, x);
    case RECURRENT_ACTIVATION_LEAKY_RELU:
      return leaky_relu(a, x);
    case RECURRENT_ACTIVATION_THRESHOLDED_RELU:
      return thresholded_relu(a, x);
    case RECURRENT_ACTIVATION_SCALED_TANH:
      return scaled_tanh(a, b, x);
    case RECURRENT_ACTIVATION_ELU:
      return elu(a, x);
    case RECURRENT_ACTIVATION_SOFTSIGN:
      return softsign(x);
    case RECURRENT_ACTIVATION_SOFTPLUS:
      return softplus(x);
    case RECURRENT_ACTIVATION_CLIP:
      return clip(a, b, x);
    case RECURRENT_ACTIVATION_IDENTITY:
    default:
      return x;
  }
}
